//! Protobuf answers of an API server, put together field by field.

use prost::encoding::encode_varint;

/// The media type of lists and objects.
pub const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
/// The media type of watches.
pub const PROTOBUF_STREAM: &str = "application/vnd.kubernetes.protobuf;stream=watch";

/// A length-delimited field.
pub fn field(number: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_varint(u64::from(number << 3 | 2), &mut bytes);
    encode_varint(content.len() as u64, &mut bytes);
    bytes.extend_from_slice(content);
    bytes
}

/// A message in its envelope.
pub fn enveloped(kind: &str, message: &[u8]) -> Vec<u8> {
    let meta = [field(1, b"v1"), field(2, kind.as_bytes())].concat();
    [b"k8s\0".to_vec(), field(1, &meta), field(2, message), field(3, b""), field(4, b"")].concat()
}

/// A list of encoded items, in its envelope.
pub fn list(kind: &str, version: &str, token: &str, items: &[Vec<u8>]) -> Vec<u8> {
    let meta = [field(2, version.as_bytes()), field(3, token.as_bytes())].concat();
    let mut message = field(1, &meta);
    for item in items {
        message.extend(field(2, item));
    }
    enveloped(kind, &message)
}

/// A frame of a watch around an enveloped object.
pub fn frame(event: &str, enveloped: &[u8]) -> Vec<u8> {
    let message = [field(1, event.as_bytes()), field(2, &field(1, enveloped))].concat();
    let length = u32::try_from(message.len()).unwrap();
    [length.to_be_bytes().to_vec(), message].concat()
}
