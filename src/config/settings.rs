//! The settings file, `settings.toml`: how this user wants the console.

use super::section::{self, Problems, Section};
use super::{Diagnostic, Source, Spanned};

/// How far text stands out from its ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contrast {
    /// As the theme has it.
    #[default]
    Normal,
    /// Every text at 7:1 at least, for tired eyes and poor screens.
    High,
}

/// What the settings say; what they leave out is `None` or empty.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the settings were read from.
    pub source: Source,
    /// The theme, by name or path.
    pub theme: Option<Spanned<String>>,
    /// The keymap laid over the shipped one, by name or path.
    pub keymap: Option<Spanned<String>>,
    /// The namespaces to look at where the cluster's can't be listed.
    pub namespaces: Vec<Spanned<String>>,
    /// Whether to draw with ASCII alone.
    pub ascii: Option<bool>,
    /// Whether to refuse every operation.
    pub read_only: Option<bool>,
    /// The pane that is opened first.
    pub page: Option<Spanned<String>>,
    /// How far text stands out from its ground.
    pub contrast: Contrast,
    /// What holds for one kubeconfig context only.
    pub contexts: Vec<ContextSettings>,
}

/// What holds for one kubeconfig context only: `[context.NAME]`.
#[derive(Debug, Clone)]
pub struct ContextSettings {
    /// The context's name in the kubeconfig.
    pub name: Spanned<String>,
    /// The namespaces to look at where that cluster's can't be listed.
    pub namespaces: Vec<Spanned<String>>,
    /// The environment of the profile that everything in that context belongs to.
    pub environment: Option<Spanned<String>>,
}

impl Settings {
    /// The settings of someone who has written none.
    pub fn none() -> Self {
        Self {
            source: Source::new("settings.toml", ""),
            theme: None,
            keymap: None,
            namespaces: Vec::new(),
            ascii: None,
            read_only: None,
            page: None,
            contrast: Contrast::Normal,
            contexts: Vec::new(),
        }
    }

    /// Reads a settings file.
    ///
    /// # Errors
    ///
    /// Every problem of the file.
    pub fn parse(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let (settings, problems) = section::parse(source, |root, problems| {
            let contrasts = [("normal", Contrast::Normal), ("high", Contrast::High)];
            Self {
                source: source.clone(),
                theme: root.text("theme", problems),
                keymap: root.text("keymap", problems),
                namespaces: root.texts("namespaces", problems),
                ascii: root.flag("ascii", problems),
                read_only: root.flag("read_only", problems),
                page: root.text("page", problems),
                contrast: root.choice("contrast", &contrasts, problems).unwrap_or_default(),
                contexts: contexts(root, problems),
            }
        })?;
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    /// What holds for a kubeconfig context alone, if anything does.
    pub fn context(&self, name: &str) -> Option<&ContextSettings> {
        self.contexts.iter().find(|context| context.name.get_ref() == name)
    }
}

fn contexts(root: &mut Section<'_>, problems: &mut Problems) -> Vec<ContextSettings> {
    let Some(section) = root.section("context", problems) else { return Vec::new() };
    let mut contexts = Vec::new();
    for entry in section.entries() {
        let Some(mut section) = entry.section("a table", problems) else { continue };
        contexts.push(ContextSettings {
            namespaces: section.texts("namespaces", problems),
            environment: section.text("environment", problems),
            name: entry.key,
        });
        section.finish(problems);
    }
    contexts
}
