//! Names as a profile writes them: exact, or with `*` standing for anything.

/// A name, or a pattern of names. Matching allocates nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NamePattern {
    /// Just this name.
    Exact(Box<str>),
    /// Every name that is like this, `*` standing for any run of characters, even none.
    Glob(Box<str>),
}

impl NamePattern {
    /// The pattern that is written so.
    pub fn new(written: &str) -> Self {
        if written.contains('*') { Self::Glob(written.into()) } else { Self::Exact(written.into()) }
    }

    /// Whether the pattern names one name only.
    pub fn is_exact(&self) -> bool {
        matches!(self, Self::Exact(_))
    }

    /// The pattern as it is written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Exact(written) | Self::Glob(written) => written,
        }
    }

    /// Whether a name is one of those meant.
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(exact) => **exact == *name,
            Self::Glob(glob) => glob_matches(glob.as_bytes(), name.as_bytes()),
        }
    }
}

/// Goes through both once, and back to the last `*` whenever they part.
fn glob_matches(glob: &[u8], name: &[u8]) -> bool {
    let (mut at_glob, mut at_name) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while at_name < name.len() {
        match glob.get(at_glob) {
            Some(b'*') => {
                last_star = Some((at_glob, at_name));
                at_glob += 1;
            }
            Some(byte) if *byte == name[at_name] => {
                at_glob += 1;
                at_name += 1;
            }
            _ => match last_star {
                Some((star, from)) => {
                    last_star = Some((star, from + 1));
                    at_glob = star + 1;
                    at_name = from + 1;
                }
                None => return false,
            },
        }
    }
    glob[at_glob..].iter().all(|byte| *byte == b'*')
}
