//! Decoding bytes in portions.

use proptest::prelude::*;
use proptest::sample::Index;
use quarterdeck::clients::kubernetes::wire::{
    Encoding, EventKind, ListDecoder, ListMeta, Piece, WatchDecoder, WireError,
};

/// Where bytes are cut.
pub fn cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..12)
}

/// The bytes in portions, cut there.
pub fn portions<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let mut start = 0;
    let portion = |end: usize| &bytes[std::mem::replace(&mut start, end)..end];
    ends.into_iter().map(portion).collect()
}

/// The items of a list that arrives in these portions.
pub fn items<'a>(
    encoding: Encoding,
    portions: impl IntoIterator<Item = &'a [u8]>,
) -> Result<(Vec<Vec<u8>>, ListMeta), WireError> {
    let mut decoder = ListDecoder::new(encoding);
    let mut items = Vec::new();
    for portion in portions {
        decoder.push(portion, &mut |Piece::Item(bytes)| items.push(bytes.to_vec()))?;
    }
    Ok((items, decoder.finish()?))
}

/// The events of a watch that arrives in these portions.
pub fn events<'a>(
    encoding: Encoding,
    portions: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<(EventKind, Vec<u8>)>, WireError> {
    let mut decoder = WatchDecoder::new(encoding);
    let mut events = Vec::new();
    for portion in portions {
        decoder.push(portion, &mut |event| events.push((event.kind, event.object.to_vec())))?;
    }
    Ok(events)
}
