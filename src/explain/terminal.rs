//! Markdown for a terminal: headings in bold letters, text broken into lines, code indented, tables
//! aligned. Without its colours it reads as plain text.

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::layout::{Column, Text, table_lines};

/// How far text stands behind the headings.
const BODY: usize = 2;
/// How far code stands behind text.
const CODE: usize = 4;
/// Text is never broken into columns narrower than this.
const NARROWEST: usize = 20;

/// The text for a terminal that is `width` columns wide, with colours.
pub fn render(markdown: &str, width: usize) -> String {
    let mut writer = Writer {
        width: width.max(NARROWEST),
        out: String::new(),
        text: Text::default(),
        styles: vec![Style::new()],
        indent: vec![" ".repeat(BODY)],
        marker: None,
        lists: Vec::new(),
        links: Vec::new(),
        gap: false,
        code: None,
        table: None,
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        writer.event(event);
    }
    writer.flush();
    writer.out
}

/// A table that is being read.
#[derive(Default)]
struct Table {
    columns: Vec<Column>,
    head: Vec<Text>,
    rows: Vec<Vec<Text>>,
}

struct Writer {
    width: usize,
    out: String,
    /// The paragraph, heading, item or cell that is being read.
    text: Text,
    /// The style in force is the last one.
    styles: Vec<Style>,
    /// What lines begin with, by block.
    indent: Vec<String>,
    /// What the next line begins with instead of the innermost indent: the bullet of an item.
    marker: Option<String>,
    /// The number of the next item, for numbered lists, and whether items are set off from each other.
    lists: Vec<(Option<u64>, bool)>,
    /// Where the open links lead.
    links: Vec<String>,
    /// Whether the next block is set off from what is there.
    gap: bool,
    code: Option<String>,
    table: Option<Table>,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => *code += &text,
                None => self.push(&text),
            },
            // The quotes stay: without colours nothing else tells code from text.
            Event::Code(code) => {
                let style = self.style().fg_color(Some(AnsiColor::Cyan.into()));
                self.text.push(&format!("`{code}`"), style);
            }
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.text.break_line(),
            Event::Rule => {
                self.flush();
                self.line(0, "---");
                self.gap = true;
            }
            // Nothing of it can be shown: HTML is here for comments.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.styles.push(self.style().bold()),
            Tag::Emphasis => self.styles.push(self.style().italic()),
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            Tag::TableCell => self.text = Text::default(),
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            block => {
                self.flush();
                self.start_block(block);
            }
        }
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.styles.push(self.style().bold());
                // What a heading stands above is further in than it.
                let own = if level <= HeadingLevel::H2 { 0 } else { BODY };
                self.indent = vec![" ".repeat(own + BODY), " ".repeat(own)];
            }
            Tag::List(first) => self.lists.push((first, false)),
            Tag::Paragraph => {
                if let Some((_, apart)) = self.lists.last_mut() {
                    *apart = true;
                }
            }
            Tag::Item => {
                let marker = match self.lists.last_mut() {
                    Some((Some(number), _)) => {
                        let marker = format!("{number}. ");
                        *number += 1;
                        marker
                    }
                    _ => "- ".to_owned(),
                };
                let outer = self.indent().to_owned();
                self.indent
                    .push(format!("{outer}{}", " ".repeat(marker.len())));
                self.marker = Some(format!("{outer}{marker}"));
            }
            Tag::BlockQuote(_) => self.indent.push(format!("{}| ", self.indent())),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.code = Some(String::new());
            }
            Tag::Table(alignments) => {
                let column = |alignment| match alignment {
                    Alignment::Right => Column::Right,
                    _ => Column::Left,
                };
                self.table = Some(Table {
                    columns: alignments.into_iter().map(column).collect(),
                    ..Table::default()
                });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis => {
                self.styles.pop();
            }
            TagEnd::Link => {
                // A path leads nowhere from here.
                let to = self.links.pop().filter(|to| to.contains("://"));
                if let Some(to) = to {
                    self.push(&format!(" ({to})"));
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.head = table.rows.pop().unwrap_or_default();
                }
            }
            TagEnd::Table => self.end_table(),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::Heading(_) => {
                self.flush();
                self.styles.pop();
                self.indent.pop();
                self.gap = true;
            }
            TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.flush();
                self.indent.pop();
                // An item without any text.
                self.marker = None;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.gap = self.lists.last().is_none_or(|(_, apart)| *apart);
            }
            TagEnd::Paragraph => {
                self.flush();
                self.gap = true;
            }
            _ => {}
        }
    }

    fn end_code(&mut self) {
        for line in self.code.take().unwrap_or_default().lines() {
            if line.is_empty() && !self.gap {
                self.out.push('\n');
            } else {
                self.line(CODE, line);
            }
        }
        self.gap = true;
    }

    fn end_table(&mut self) {
        let table = self.table.take().unwrap_or_default();
        let room = self.width.saturating_sub(self.indent().len());
        for line in table_lines(&table.head, &table.rows, &table.columns, room) {
            self.line(0, &line);
        }
        self.gap = true;
    }

    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or_default()
    }

    fn indent(&self) -> &str {
        self.indent.last().map_or("", String::as_str)
    }

    fn push(&mut self, text: &str) {
        self.text.push(text, self.style());
    }

    /// Writes the text that was read.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let room = self.width.saturating_sub(self.indent().len());
        for (line, _) in text.lines(room.max(NARROWEST / 2)) {
            self.line(0, &line);
        }
    }

    /// Writes a line of a block.
    fn line(&mut self, further: usize, line: &str) {
        if std::mem::take(&mut self.gap) && !self.out.is_empty() {
            self.out.push('\n');
        }
        let start = match self.marker.take() {
            Some(marker) => marker,
            None => self.indent().to_owned(),
        };
        self.out += &start;
        self.out += &" ".repeat(further);
        self.out += line;
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    fn plain(markdown: &str, width: usize) -> String {
        anstream::adapter::strip_str(&render(markdown, width)).to_string()
    }

    const DOCUMENT: &str = "\
# title

A paragraph with *stress*, `some code` and a [link](https://example.org/), broken
by hand.

## Part

- one item that is
  longer than the others
- two
  1. first
  2. second

- three

```rust bad
fn main() {

    work();
}
```

> quoted words

| name | n |
| :--- | ---: |
| `a` | 10 |
| longer | 2 |

<!-- nothing -->
end
";

    const EXPECTED: &str = "\
title

  A paragraph with stress, `some code` and
  a link (https://example.org/), broken by
  hand.

Part

  - one item that is longer than the
    others

  - two

    1. first
    2. second

  - three

      fn main() {

          work();
      }

  | quoted words

  name     n
  ------  --
  `a`     10
  longer   2

  end
";

    #[test]
    fn every_kind_of_block() {
        assert_eq!(plain(DOCUMENT, 42), EXPECTED);
    }

    #[test]
    fn headings_are_bold_and_code_is_coloured() {
        let text = render("# a title\n\nsome `code` **here**\n", 80);
        let expected = "\u{1b}[1ma title\u{1b}[0m\n\n  some \u{1b}[36m`code`\u{1b}[0m \u{1b}[1mhere\u{1b}[0m\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_unless_a_word_is() {
        for rule in crate::checks::rules() {
            let document = rule.document();
            let text = document.section("Why is this bad").unwrap_or_default();
            for width in [30, 60, 100] {
                let shown = plain(text, width);
                let lines = shown.lines().filter(|line| line.trim().contains(' '));
                assert!(lines.map(str::len).all(|len| len <= width), "{}", rule.name);
            }
        }
    }
}
