//! Styled words in lines and tables of a width that is counted in columns of a terminal.

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

/// Space between the columns of a table.
const GAP: usize = 2;

/// Words with styles; where the lines break is open.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    words: Vec<Word>,
    /// Whether the next text starts a word of its own.
    ended: bool,
}

/// What stands between two places at which a line can be broken.
#[derive(Clone, Debug, Default)]
struct Word {
    parts: Vec<(Style, String)>,
    /// Whether a line starts with it, however short the one before is.
    starts_line: bool,
}

impl Word {
    fn width(&self) -> usize {
        self.parts.iter().map(|(_, text)| text.width()).sum()
    }
}

impl Text {
    /// A text of one style.
    pub(super) fn of(text: &str, style: Style) -> Self {
        let mut out = Self::default();
        out.push(text, style);
        out
    }

    /// Adds text; the words in it are separated by white space.
    pub(super) fn push(&mut self, text: &str, style: Style) {
        for (n, piece) in text.split(char::is_whitespace).enumerate() {
            self.ended |= n > 0;
            if piece.is_empty() {
                continue;
            }
            if self.ended || self.words.is_empty() {
                self.words.push(Word::default());
                self.ended = false;
            }
            if let Some(word) = self.words.last_mut() {
                word.parts.push((style, piece.to_owned()));
            }
        }
    }

    /// Has what comes now start a line.
    pub(super) fn break_line(&mut self) {
        self.words.push(Word {
            parts: Vec::new(),
            starts_line: true,
        });
        self.ended = false;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The text in lines of at most `width` columns, each with its own width. A word that is wider has a
    /// line of its own.
    pub(super) fn lines(&self, width: usize) -> Vec<(String, usize)> {
        let mut lines: Vec<Vec<&Word>> = Vec::new();
        let mut used = 0;
        for word in &self.words {
            let own = word.width();
            match lines.last_mut() {
                Some(line) if !word.starts_line && used + 1 + own <= width => {
                    line.push(word);
                    used += 1 + own;
                }
                _ => {
                    lines.push(vec![word]);
                    used = own;
                }
            }
        }
        lines.iter().map(|line| shown(line)).collect()
    }

    /// The width without any line broken but those that have to be.
    fn natural_width(&self) -> usize {
        let lines = self.lines(usize::MAX);
        lines.iter().map(|(_, width)| *width).max().unwrap_or(0)
    }

    /// The width that no breaking of lines makes smaller.
    fn least_width(&self) -> usize {
        self.words.iter().map(Word::width).max().unwrap_or(0)
    }
}

/// A line with its width.
fn shown(words: &[&Word]) -> (String, usize) {
    let mut line = String::new();
    let mut width = 0;
    // A style goes on across the space between two words that both have it.
    let mut current = Style::new();
    for (n, word) in words.iter().enumerate() {
        let mut space = n > 0;
        for (style, text) in &word.parts {
            if *style != current {
                line += &current.render_reset().to_string();
                if std::mem::take(&mut space) {
                    line.push(' ');
                    width += 1;
                }
                line += &style.render().to_string();
                current = *style;
            }
            if std::mem::take(&mut space) {
                line.push(' ');
                width += 1;
            }
            line += text;
            width += text.width();
        }
    }
    line += &current.render_reset().to_string();
    (line, width)
}

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Left,
    Right,
}

/// A table with a line below its head. The widest columns give way until it fits `width`.
pub(super) fn table_lines(
    head: &[Text],
    rows: &[Vec<Text>],
    columns: &[Column],
    width: usize,
) -> Vec<String> {
    let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let count = all().map(<[Text]>::len).max().unwrap_or(0);
    let widest = |n: usize, of: fn(&Text) -> usize| {
        let cells = all().filter_map(|row| row.get(n));
        cells.map(of).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..count).map(|n| widest(n, Text::natural_width)).collect();
    let least: Vec<usize> = (0..count).map(|n| widest(n, Text::least_width)).collect();
    let room = width.saturating_sub(GAP * count.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let flexible = (0..count).filter(|&n| widths[n] > least[n]);
        let Some(n) = flexible.max_by_key(|&n| widths[n]) else {
            break;
        };
        widths[n] -= 1;
    }
    let mut lines = row_lines(head, columns, &widths);
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    lines.push(rule.join(&" ".repeat(GAP)));
    for row in rows {
        lines.extend(row_lines(row, columns, &widths));
    }
    lines
}

fn row_lines(row: &[Text], columns: &[Column], widths: &[usize]) -> Vec<String> {
    let cells: Vec<Vec<(String, usize)>> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| cell.lines(*width))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|y| {
            let mut line = String::new();
            for ((cell, width), n) in cells.iter().zip(widths).zip(0..) {
                let (text, used) = cell.get(y).cloned().unwrap_or_default();
                let room = " ".repeat(width.saturating_sub(used));
                let gap = " ".repeat(if n > 0 { GAP } else { 0 });
                line += &match columns.get(n) {
                    Some(Column::Right) => gap + &room + &text,
                    _ => gap + &text + &room,
                };
            }
            line.truncate(line.trim_end().len());
            line
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use anstyle::Style;

    use super::{Column, Text, table_lines};

    fn text(text: &str) -> Text {
        Text::of(text, Style::new())
    }

    fn lines(text: &Text, width: usize) -> Vec<String> {
        text.lines(width)
            .into_iter()
            .map(|(line, _)| line)
            .collect()
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(lines(&text("one two three"), 7), ["one two", "three"]);
        assert_eq!(
            lines(&text("a verylongword b"), 4),
            ["a", "verylongword", "b"]
        );
        assert_eq!(lines(&text("  blanks \n go "), 80), ["blanks go"]);
        assert_eq!(lines(&text(""), 80), Vec::<String>::new());
        // Two columns each.
        assert_eq!(
            lines(&text("\u{8def}\u{7531} \u{8def}"), 6),
            ["\u{8def}\u{7531}", "\u{8def}"]
        );
    }

    #[test]
    fn a_word_can_have_several_styles() {
        let (plain, bold) = (Style::new(), Style::new().bold());
        let mut text = Text::of("see ", plain);
        text.push("this one", bold);
        text.push(", and", plain);
        text.break_line();
        text.push("more", plain);
        let styled = "see \u{1b}[1mthis one\u{1b}[0m, and";
        assert_eq!(lines(&text, 80), [styled, "more"]);
        assert_eq!(lines(&text, 8).len(), 3);
    }

    #[test]
    fn columns_are_aligned_and_the_widest_gives_way() {
        let head = [text("name"), text("n"), text("what it is")];
        let rows = [
            vec![text("first"), text("10"), text("a thing with a long text")],
            vec![text("x"), text("2"), text("short")],
        ];
        let columns = [Column::Left, Column::Right, Column::Left];
        let expected = "\
name    n  what it is
-----  --  -------------
first  10  a thing with
           a long text
x       2  short";
        assert_eq!(table_lines(&head, &rows, &columns, 24).join("\n"), expected);
        assert_eq!(table_lines(&head, &rows, &columns, 80).len(), 4);
        // No room at all is no reason to fail.
        assert!(table_lines(&head, &rows, &columns, 0).len() > 5);
    }
}
