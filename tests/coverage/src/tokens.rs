//! Words and marks of Python, TypeScript, Kotlin and Swift: as much as declarations need. Comments are left out.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::shown::Ty;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Word,
    Text,
    Mark,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'t> {
    pub(crate) text: &'t str,
    pub(crate) kind: Kind,
    line: usize,
    /// How far it is indented, if it is the first of its line.
    pub(crate) indent: Option<usize>,
}

/// What sets the languages apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Syntax {
    pub(crate) comment: &'static str,
    pub(crate) quotes: &'static [&'static str],
    /// Whether words stand in backticks where they would mean something else.
    pub(crate) backticks: bool,
    /// Types that are neither records nor enums.
    pub(crate) plain: &'static [&'static str],
}

/// Tokens of a file, and a place among them.
#[derive(Clone)]
pub(crate) struct Tokens<'t> {
    file: &'t str,
    syntax: Syntax,
    tokens: Rc<[Token<'t>]>,
    at: usize,
    end: usize,
}

/// A type as it is written.
#[derive(Debug)]
enum Written {
    Name(String, Vec<Written>),
    Text(String),
    Either(Vec<Written>),
}

impl<'t> Tokens<'t> {
    pub(crate) fn of(file: &'t str, text: &'t str, syntax: Syntax) -> Result<Self, String> {
        let mut tokens = Vec::new();
        let (mut rest, mut line, mut indent) = (text, 1, Some(0));
        while let Some(first) = rest.chars().next() {
            let wrong = || format!("{file}:{line}: what starts here doesn't end");
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let quote = syntax.quotes.iter().find(|quote| rest.starts_with(**quote));
            let (length, token) = if first.is_whitespace() {
                if first == '\n' {
                    indent = Some(0);
                } else {
                    indent = indent.map(|indent| indent + 1);
                }
                (first.len_utf8(), None)
            } else if rest.starts_with(syntax.comment) {
                (rest.find('\n').unwrap_or(rest.len()), None)
            } else if syntax.comment == "//" && rest.starts_with("/*") {
                (rest.find("*/").ok_or_else(wrong)? + 2, None)
            } else if syntax.backticks && first == '`' {
                let length = rest[1..].find('`').ok_or_else(wrong)?;
                (length + 2, Some((&rest[1..=length], Kind::Word)))
            } else if let Some(quote) = quote {
                let length = text_length(rest, quote).ok_or_else(wrong)?;
                (length, Some((&rest[quote.len()..length - quote.len()], Kind::Text)))
            } else if word > 0 {
                (word, Some((&rest[..word], Kind::Word)))
            } else {
                let mark = ["...", "->", "=>", "=="].into_iter().find(|mark| rest.starts_with(mark));
                let length = mark.map_or(first.len_utf8(), str::len);
                (length, Some((&rest[..length], Kind::Mark)))
            };
            if let Some((text, kind)) = token {
                tokens.push(Token { text, kind, line, indent: indent.take() });
            }
            line += rest[..length].matches('\n').count();
            rest = &rest[length..];
        }
        Ok(Self { file, syntax, end: tokens.len(), tokens: tokens.into(), at: 0 })
    }

    pub(crate) fn peek(&self) -> Option<Token<'t>> {
        self.tokens[..self.end].get(self.at).copied()
    }

    pub(crate) fn next(&mut self) -> Option<Token<'t>> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    pub(crate) fn wrong(&self, what: &str) -> String {
        let token = self.peek().or(self.tokens[..self.end].last().copied());
        let (line, text) = token.map_or((0, ""), |token| (token.line, token.text));
        format!("{}:{line}: {what}, not `{text}`", self.file)
    }

    /// Whether these come next.
    pub(crate) fn sees(&self, texts: &[&str]) -> bool {
        let next = self.tokens[..self.end].get(self.at..self.at + texts.len());
        next.is_some_and(|next| next.iter().zip(texts).all(|(token, text)| token.is(text)))
    }

    /// Passes them if they come next.
    pub(crate) fn eat(&mut self, texts: &[&str]) -> bool {
        let sees = self.sees(texts);
        self.at += if sees { texts.len() } else { 0 };
        sees
    }

    pub(crate) fn expect(&mut self, texts: &[&str]) -> Result<(), String> {
        if self.eat(texts) { Ok(()) } else { Err(self.wrong(&format!("expected `{}`", texts.join(" ")))) }
    }

    pub(crate) fn word(&mut self) -> Result<&'t str, String> {
        match self.peek() {
            Some(Token { text, kind: Kind::Word, .. }) => {
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.wrong("expected a name")),
        }
    }

    pub(crate) fn text(&mut self) -> Result<&'t str, String> {
        match self.peek() {
            Some(Token { text, kind: Kind::Text, .. }) => {
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.wrong("expected a text")),
        }
    }

    /// Goes behind the next place where these come, if there is one.
    pub(crate) fn find(&mut self, texts: &[&str]) -> bool {
        while self.at < self.end {
            if self.eat(texts) {
                return true;
            }
            self.at += 1;
        }
        false
    }

    /// Goes to the next of these marks outside of all brackets.
    pub(crate) fn skip_to(&mut self, ends: &[&str]) -> Result<(), String> {
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            if depth == 0 && ends.iter().any(|end| token.is(end)) {
                return Ok(());
            }
            match token.text {
                _ if token.kind != Kind::Mark => {}
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth = depth.checked_sub(1).ok_or_else(|| self.wrong("expected something else"))?;
                }
                _ => {}
            }
            self.at += 1;
        }
        Err(self.wrong(&format!("expected one of {ends:?} before the end")))
    }

    /// Passes what stands in brackets, which open here.
    pub(crate) fn skip_group(&mut self) -> Result<(), String> {
        let end = match self.next().map(|token| token.text) {
            Some("(") => ")",
            Some("[") => "]",
            Some("{") => "}",
            _ => return Err(self.wrong("expected brackets before this")),
        };
        self.skip_to(&[end])?;
        self.expect(&[end])
    }

    /// The tokens up to the next that starts its line without any indentation.
    pub(crate) fn block(&mut self) -> Self {
        let start = self.at;
        while self.peek().is_some_and(|token| token.indent != Some(0)) {
            self.at += 1;
        }
        Self { at: start, end: self.at, ..self.clone() }
    }

    /// A type.
    pub(crate) fn ty(&mut self) -> Result<Ty, String> {
        let written = self.written()?;
        self.understood(&written)
    }

    /// `(name: Type = default, …)` as Kotlin and Swift write it, each after the words `before`.
    pub(crate) fn values(&mut self, before: &[&str]) -> Result<BTreeMap<String, Ty>, String> {
        let mut values = BTreeMap::new();
        self.expect(&["("])?;
        while !self.eat(&[")"]) {
            self.expect(before)?;
            let name = self.word()?.to_owned();
            self.expect(&[":"])?;
            values.insert(name, self.ty()?);
            if !self.sees(&[","]) && !self.sees(&[")"]) {
                self.expect(&["="])?;
                self.skip_to(&[",", ")"])?;
            }
            self.eat(&[","]);
        }
        Ok(values)
    }

    /// The texts of which a value of a type is one: `Literal["a", "b"]`, `"a" | "b"`.
    pub(crate) fn literals(&mut self) -> Result<Vec<String>, String> {
        fn all(written: &Written, out: &mut Vec<String>) {
            match written {
                Written::Text(text) => out.push(text.clone()),
                Written::Name(_, parts) | Written::Either(parts) => {
                    parts.iter().for_each(|part| all(part, out))
                }
            }
        }
        let mut out = Vec::new();
        all(&self.written()?, &mut out);
        Ok(out)
    }

    fn written(&mut self) -> Result<Written, String> {
        let mut all = vec![self.one_written()?];
        while self.eat(&["|"]) {
            all.push(self.one_written()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Written::Either(all) })
    }

    fn one_written(&mut self) -> Result<Written, String> {
        let list = |of| Written::Name("List".to_owned(), vec![of]);
        if let Ok(text) = self.text() {
            return Ok(Written::Text(text.to_owned()));
        }
        // What TypeScript keeps a union of texts open with.
        if self.eat(&["(", "string", "&", "{", "}", ")"]) {
            return Ok(Written::Name("string".to_owned(), Vec::new()));
        }
        self.eat(&["readonly"]);
        let mut written = if self.eat(&["["]) {
            let first = self.written()?;
            let whole = if self.eat(&[":"]) {
                Written::Name("Map".to_owned(), vec![first, self.written()?])
            } else {
                while self.eat(&[","]) {
                    self.written()?;
                }
                list(first)
            };
            self.expect(&["]"])?;
            whole
        } else {
            let mut name = self.word()?;
            while self.eat(&["."]) {
                name = self.word()?;
            }
            let mut parts = Vec::new();
            let end = match () {
                () if self.eat(&["<"]) => Some(">"),
                () if !self.sees(&["[", "]"]) && self.eat(&["["]) => Some("]"),
                () => None,
            };
            if let Some(end) = end {
                loop {
                    if !self.eat(&["..."]) {
                        parts.push(self.written()?);
                    }
                    if !self.eat(&[","]) {
                        break;
                    }
                }
                self.expect(&[end])?;
            }
            Written::Name(name.to_owned(), parts)
        };
        while self.eat(&["[", "]"]) {
            written = list(written);
        }
        self.eat(&["?"]);
        Ok(written)
    }

    fn understood(&self, written: &Written) -> Result<Ty, String> {
        let boxed = |part: &Written| self.understood(part).map(Box::new);
        Ok(match written {
            Written::Text(_) => Ty::Plain,
            Written::Either(all) => {
                let nothing = |part: &&Written| matches!(part, Written::Name(name, _) if ["null", "None", "undefined", "NotGiven"].contains(&name.as_str()));
                let mut all = all
                    .iter()
                    .filter(|part| !nothing(part))
                    .map(|part| self.understood(part))
                    .collect::<Result<Vec<_>, _>>()?;
                all.dedup();
                if all.len() == 1 { all.remove(0) } else { Ty::Either(all) }
            }
            Written::Name(name, parts) => match (name.as_str(), &parts[..]) {
                ("List" | "Iterable" | "Rows", [row]) | ("tuple", [row, ..]) => Ty::List(boxed(row)?),
                ("Map" | "Mapping" | "Record", [_, value]) => Ty::Map(boxed(value)?),
                ("Promise" | "CompletableFuture" | "Field" | "Required", [of]) => self.understood(of)?,
                ("Listing" | "AsyncListing", [row]) => Ty::Listing(boxed(row)?),
                ("T" | "Row", []) => Ty::Row,
                (name, []) if self.syntax.plain.contains(&name) => Ty::Plain,
                (name, []) => Ty::Named(name.to_owned()),
                _ => return Err(self.wrong(&format!("don't know the type `{name}` before this"))),
            },
        })
    }
}

impl Token<'_> {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

/// How long a text in quotes is, with them.
fn text_length(rest: &str, quote: &str) -> Option<usize> {
    let mut at = quote.len();
    loop {
        let here = rest.get(at..)?;
        if here.starts_with(quote) {
            return Some(at + quote.len());
        }
        let mut letters = here.chars();
        match letters.next()? {
            '\n' if quote.len() == 1 && quote != "`" => return None,
            '\\' => at += 1 + letters.next()?.len_utf8(),
            letter => at += letter.len_utf8(),
        }
    }
}
