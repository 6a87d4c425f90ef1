//! The forms that names, labels and the like have to have. Each rule gives what is wrong, or nothing.
//!
//! The rules are those of RFC 1123 and RFC 1035 as Kubernetes' `apimachinery` applies them.

/// The longest name of an object.
const SUBDOMAIN_LENGTH: usize = 253;
/// The longest part of a domain name.
const LABEL_LENGTH: usize = 63;

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_WITH_DOTS: &str = "must not contain dots";
const OLD_LABEL: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const WILDCARD: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NAME_PART: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const QUALIFIED: &str = "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const CONFIG_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

fn lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Letters, digits and these others between an alphanumeric first and last.
fn framed(text: &str, edge: fn(u8) -> bool, others: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    edge(*first) && edge(*last) && bytes.iter().all(|byte| edge(*byte) || others.contains(byte))
}

fn is_label(text: &str) -> bool {
    framed(text, lower, b"-")
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn too_long(text: &str, most: usize, unit: &str) -> Option<String> {
    (text.len() > most).then(|| format!("must be no more than {most} {unit}"))
}

fn with_form(mut wrong: Vec<String>, well_formed: bool, form: &str) -> Vec<String> {
    if !well_formed {
        wrong.push(form.to_owned());
    }
    wrong
}

/// A subdomain of RFC 1123: the form of most names.
pub fn subdomain(text: &str) -> Vec<String> {
    with_form(
        too_long(text, SUBDOMAIN_LENGTH, "characters").into_iter().collect(),
        is_subdomain(text),
        SUBDOMAIN,
    )
}

/// A label of RFC 1123, as of namespaces and containers.
pub fn label(text: &str) -> Vec<String> {
    let wrong = too_long(text, LABEL_LENGTH, "characters").into_iter().collect();
    let form = if is_subdomain(text) { LABEL_WITH_DOTS } else { LABEL };
    with_form(wrong, is_label(text), form)
}

/// A label of RFC 1035, as of services.
pub fn old_label(text: &str) -> Vec<String> {
    let well_formed = is_label(text) && text.starts_with(|letter: char| letter.is_ascii_lowercase());
    with_form(too_long(text, LABEL_LENGTH, "characters").into_iter().collect(), well_formed, OLD_LABEL)
}

/// A subdomain behind `*.`.
pub fn wildcard(text: &str) -> Vec<String> {
    let well_formed = text.strip_prefix("*.").is_some_and(is_subdomain);
    with_form(too_long(text, SUBDOMAIN_LENGTH, "characters").into_iter().collect(), well_formed, WILDCARD)
}

/// A name that can stand in a path, as of roles.
pub fn path_segment(text: &str) -> Vec<String> {
    match text {
        "." | ".." => vec![format!("may not be '{text}'")],
        _ => ["/", "%"]
            .iter()
            .filter(|part| text.contains(**part))
            .map(|part| format!("may not contain '{part}'"))
            .collect(),
    }
}

/// A key of labels or annotations: a name with an optional domain before it.
pub fn qualified(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let name = match text.split('/').collect::<Vec<_>>().as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                wrong.push("prefix part must be non-empty".to_owned());
            } else {
                wrong.extend(subdomain(prefix).into_iter().map(|it| format!("prefix part {it}")));
            }
            *name
        }
        _ => return vec![QUALIFIED.to_owned()],
    };
    if name.is_empty() {
        wrong.push("name part must be non-empty".to_owned());
    } else if let Some(long) = too_long(name, LABEL_LENGTH, "bytes") {
        wrong.push(format!("name part {long}"));
    }
    with_form(wrong, framed(name, alphanumeric, b"-_."), NAME_PART)
}

/// The value of a label.
pub fn label_value(text: &str) -> Vec<String> {
    let well_formed = text.is_empty() || framed(text, alphanumeric, b"-_.");
    with_form(too_long(text, LABEL_LENGTH, "bytes").into_iter().collect(), well_formed, LABEL_VALUE)
}

/// A key of a config map or secret.
pub fn config_key(text: &str) -> Vec<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let well_formed = !text.is_empty() && text.bytes().all(allowed);
    let mut wrong = with_form(
        too_long(text, SUBDOMAIN_LENGTH, "characters").into_iter().collect(),
        well_formed,
        CONFIG_KEY,
    );
    match text {
        "." | ".." => wrong.push(format!("must not be '{text}'")),
        _ if text.starts_with("..") => wrong.push("must not start with '..'".to_owned()),
        _ => {}
    }
    wrong
}

/// The name of an environment variable.
pub fn environment_variable(text: &str) -> Vec<String> {
    let well_formed = text.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'=');
    let form =
        "a valid environment variable name must consist only of printable ASCII characters other than '='";
    with_form(Vec::new(), well_formed, form)
}

/// The name of a port.
pub fn port_name(text: &str) -> Vec<String> {
    let mut wrong: Vec<String> = too_long(text, 15, "characters").into_iter().collect();
    let bytes = text.as_bytes();
    if !bytes.iter().all(|byte| lower(*byte) || *byte == b'-') {
        wrong.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned());
    }
    if !bytes.iter().any(u8::is_ascii_lowercase) {
        wrong.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        wrong.push("must not contain consecutive hyphens".to_owned());
    }
    if bytes.first() == Some(&b'-') || bytes.last() == Some(&b'-') {
        wrong.push("must not begin or end with a hyphen".to_owned());
    }
    wrong
}
