//! Colours, for the snippet renderer and for what is written around it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use codespan_reporting::diagnostic::{LabelStyle, Severity};
use codespan_reporting::term::WriteStyle;

const BOLD: Style = Style::new().bold();
const FRAME: Style = AnsiColor::BrightBlue.on_default().bold();
const HELP: Style = AnsiColor::BrightCyan.on_default().bold();

/// Collects the text of the report, with or without colours.
#[derive(Debug)]
pub(super) struct Painter {
    text: Vec<u8>,
    styled: bool,
}

impl Painter {
    pub(super) fn new(styled: bool) -> Self {
        Self {
            text: Vec::new(),
            styled,
        }
    }

    /// Appends a line in bold.
    pub(super) fn bold(&mut self, line: &str) {
        let line = self.paint(BOLD, line);
        self.text.extend_from_slice(line.as_bytes());
        self.text.push(b'\n');
    }

    /// A note that shows a way out.
    pub(super) fn help(&self, text: &str) -> String {
        format!("{} {text}", self.paint(HELP, "help:"))
    }

    /// A note that shows a fix.
    pub(super) fn fix(&self, text: &str) -> String {
        format!("{} {text}", self.paint(HELP, "fix:"))
    }

    /// Appends the line that names a file of which nothing is shown.
    pub(super) fn file(&mut self, name: &str) {
        let line = format!(" {} {name}\n", self.paint(FRAME, "-->"));
        self.push(&line);
    }

    /// Appends a note like those of the snippet renderer.
    pub(super) fn note(&mut self, text: &str) {
        let text = text.replace('\n', "\n    ");
        let line = format!("  {} {text}\n", self.paint(FRAME, "="));
        self.push(&line);
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    /// Takes back the empty line that ends a diagnostic.
    pub(super) fn unwrite_empty_line(&mut self) {
        if self.text.ends_with(b"\n\n") {
            self.text.pop();
        }
    }

    pub(super) fn finish(self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.styled {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn switch(&mut self, style: Style) -> io::Result<()> {
        if self.styled {
            // The renderer goes from one style to the next without a reset between them.
            write!(self.text, "{}{style}", anstyle::Reset)?;
        }
        Ok(())
    }
}

impl Write for Painter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WriteStyle for Painter {
    fn set_header(&mut self, severity: Severity) -> io::Result<()> {
        self.switch(color(severity).on_default().bold())
    }

    fn set_header_message(&mut self) -> io::Result<()> {
        self.switch(BOLD)
    }

    fn set_line_number(&mut self) -> io::Result<()> {
        self.switch(FRAME)
    }

    fn set_note_bullet(&mut self) -> io::Result<()> {
        self.switch(FRAME)
    }

    fn set_source_border(&mut self) -> io::Result<()> {
        self.switch(FRAME)
    }

    fn set_label(&mut self, severity: Severity, label: LabelStyle) -> io::Result<()> {
        self.switch(match label {
            LabelStyle::Primary => color(severity).on_default().bold(),
            LabelStyle::Secondary => FRAME,
        })
    }

    fn reset(&mut self) -> io::Result<()> {
        if self.styled {
            write!(self.text, "{}", anstyle::Reset)?;
        }
        Ok(())
    }
}

fn color(severity: Severity) -> AnsiColor {
    match severity {
        Severity::Bug | Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::BrightYellow,
        Severity::Note => AnsiColor::BrightGreen,
        Severity::Help => AnsiColor::BrightCyan,
    }
}
