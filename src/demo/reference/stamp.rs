//! Many pods of one mould: the bytes of the first, in which only what tells one from another is overwritten.

use k8s_pb::api::core::v1::{HostIp, Pod, PodIp, PodStatus};
use prost::Message as _;

use super::build::{BuildError, Builder};
use crate::demo::controllers::kubelet::{Past, Place, container_id};
use crate::demo::controllers::{PodIdentity, PodMould};
use crate::demo::random::Random;
use crate::demo::store::{Facts, Key, PodFacts, StoredObject};
use crate::platform::time::Instant;

/// The creation of the first pod, from which all its times count; a time that stands nowhere else.
const BEGINNING: Instant = Instant::from_seconds(2_000_000_000);
/// Within how many seconds of its creation everything has happened to a pod.
const COURSE: i64 = 64;
/// The version of the first pod: as many digits as the platform's versions have.
const VERSION: &str = "99999999";
/// The name of the first pod's volume for its token, but for the letters drawn for it.
const TOKEN_VOLUME: &str = "kube-api-access-";

/// What is overwritten, and where.
#[derive(Debug, Clone, Copy)]
enum Mark {
    Name(usize),
    Uid(usize),
    Version(usize),
    Node(usize),
    Volume(usize),
    /// The id of a container, by its place.
    Container(usize, usize),
    /// A time, so many seconds after the creation.
    Time(usize, i64),
}

/// The first pod of a mould, ready for the others.
#[derive(Debug)]
pub struct Stamp {
    /// Its message without the addresses of its status.
    bytes: Vec<u8>,
    /// Where the content of its status begins: the addresses are appended to it.
    status: usize,
    marks: Vec<Mark>,
    containers: Vec<String>,
    name_length: usize,
    node_length: usize,
    first: StoredObject,
}

/// What tells one pod from another.
#[derive(Debug)]
pub struct Print<'a> {
    /// Its name, as long as that of all others.
    pub name: &'a str,
    /// When it was created, in whole seconds.
    pub created: Instant,
    /// Its node, whose name is as long as that of all others.
    pub place: &'a Place,
    /// Its address.
    pub address: &'a str,
}

impl Stamp {
    /// Makes the first pod, which is well.
    pub fn new(mould: &PodMould, name: &str, place: &Place, random: &mut Random) -> Self {
        let identity = PodIdentity { name: name.to_owned(), created: BEGINNING };
        let mut pod = mould.cast(&identity, random);
        Past::well(&pod, place, "", BEGINNING.plus_millis(1_000)).write(&mut pod);
        let metadata = pod.metadata.get_or_insert_default();
        metadata.resource_version = Some(VERSION.to_owned());
        let uid = metadata.uid.clone().unwrap_or_default();
        let status = pod.status.get_or_insert_default();
        status.host_ip = None;
        status.host_ips.clear();
        status.pod_ip = None;
        status.pod_ips.clear();
        let containers: Vec<String> =
            pod.spec.iter().flat_map(|spec| &spec.containers).filter_map(|it| it.name.clone()).collect();
        let volume = volume_of(&pod).unwrap_or_default();
        let length = pod.status.as_ref().map_or(0, prost::Message::encoded_len);
        let bytes = pod.encode_to_vec();
        let mut marks = Vec::new();
        find(&bytes, name, |at| marks.push(Mark::Name(at)));
        find(&bytes, &uid, |at| marks.push(Mark::Uid(at)));
        find(&bytes, VERSION, |at| marks.push(Mark::Version(at)));
        find(&bytes, &place.node, |at| marks.push(Mark::Node(at)));
        find(&bytes, &volume, |at| marks.push(Mark::Volume(at + TOKEN_VOLUME.len())));
        for (index, container) in containers.iter().enumerate() {
            find(&bytes, &container_id(&uid, container, 0), |at| marks.push(Mark::Container(at, index)));
        }
        find_times(&bytes, &mut marks);
        let first = StoredObject::from_typed(&mut pod, 0);
        Stamp {
            status: bytes.len() - length,
            name_length: name.len(),
            node_length: place.node.len(),
            bytes,
            marks,
            containers,
            first,
        }
    }

    /// Another pod under a version; `None` where what tells it apart is longer or shorter than the first's.
    pub fn print(&self, print: &Print<'_>, version: u64, random: &mut Random) -> Option<StoredObject> {
        let text = version.to_string();
        let Facts::Pod(facts) = &self.first.facts else { return None };
        let fits = text.len() == VERSION.len()
            && print.name.len() == self.name_length
            && print.place.node.len() == self.node_length;
        if !fits {
            return None;
        }
        let (uid, volume) = (random.uid(), random.suffix(5));
        let ids: Vec<String> = self.containers.iter().map(|name| container_id(&uid, name, 0)).collect();
        let mut bytes = self.with_addresses(print)?;
        for mark in &self.marks {
            let (at, value): (usize, &[u8]) = match mark {
                Mark::Name(at) => (*at, print.name.as_bytes()),
                Mark::Uid(at) => (*at, uid.as_bytes()),
                Mark::Version(at) => (*at, text.as_bytes()),
                Mark::Node(at) => (*at, print.place.node.as_bytes()),
                Mark::Volume(at) => (*at, volume.as_bytes()),
                Mark::Container(at, index) => (*at, ids[*index].as_bytes()),
                Mark::Time(at, after) => (*at, &seconds(print.created.seconds() + after)),
            };
            bytes.get_mut(at..at + value.len())?.copy_from_slice(value);
        }
        let ready = facts.ready_since.map(|at| print.created.plus_millis(at.since(BEGINNING)));
        let facts = PodFacts {
            node: print.place.node.as_str().into(),
            address: print.address.into(),
            ready_since: ready,
            created: print.created,
            ..PodFacts::clone(facts)
        };
        Some(StoredObject {
            kind: self.first.kind,
            key: Key::new(&self.first.key.namespace, print.name),
            uid: uid.into(),
            version,
            labels: self.first.labels.clone(),
            owner: self.first.owner.clone(),
            co_owners: Vec::new(),
            deleted: false,
            facts: Facts::Pod(Box::new(facts)),
            encoded: bytes.into(),
        })
    }

    /// The bytes of the first pod with the addresses of another at their end, where the status is; `None` where that would
    /// move what comes before.
    fn with_addresses(&self, print: &Print<'_>) -> Option<Vec<u8>> {
        let ip = |address: &str| (!address.is_empty()).then(|| address.to_owned());
        let addresses = PodStatus {
            host_ip: ip(&print.place.address),
            host_ips: vec![HostIp { ip: ip(&print.place.address) }],
            pod_ip: ip(print.address),
            pod_ips: vec![PodIp { ip: ip(print.address) }],
            ..PodStatus::default()
        };
        let added = addresses.encoded_len();
        let content = self.bytes.len() - self.status;
        let before = prost::length_delimiter_len(content);
        if prost::length_delimiter_len(content + added) != before {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len() + added + 2);
        bytes.extend_from_slice(&self.bytes[..self.status - before]);
        prost::encoding::encode_varint((content + added) as u64, &mut bytes);
        bytes.extend_from_slice(&self.bytes[self.status..]);
        // Fields may come in any order.
        bytes.extend_from_slice(&addresses.encode_to_vec());
        Some(bytes)
    }
}

impl Builder<'_> {
    /// Puts another pod of a stamp; `mould` makes it where the stamp doesn't fit.
    pub(super) fn put_print(
        &mut self,
        stamp: &Stamp,
        mould: &PodMould,
        print: &Print<'_>,
        random: &mut Random,
    ) -> Result<(), BuildError> {
        match stamp.print(print, self.store.version() + 1, random) {
            Some(object) => drop(self.store.put_prepared(object)),
            None => {
                let identity = PodIdentity { name: print.name.to_owned(), created: print.created };
                let mut pod = mould.cast(&identity, random);
                let since = print.created.plus_millis(1_000);
                let past = Past::well(&pod, print.place, print.address, since);
                self.put_past(past, &mut pod);
            }
        }
        Ok(())
    }
}

fn volume_of(pod: &Pod) -> Option<String> {
    let names = pod.spec.iter().flat_map(|spec| &spec.volumes).filter_map(|volume| volume.name.as_ref());
    names.into_iter().find(|name| name.starts_with(TOKEN_VOLUME)).cloned()
}

fn find(bytes: &[u8], text: &str, mut found: impl FnMut(usize)) {
    if text.is_empty() {
        return;
    }
    let places = bytes.windows(text.len()).enumerate().filter(|(_, window)| *window == text.as_bytes());
    places.for_each(|(at, _)| found(at));
}

/// The times within a pod's course, each the first field of its message.
fn find_times(bytes: &[u8], marks: &mut Vec<Mark>) {
    for (at, window) in bytes.windows(6).enumerate().filter(|(_, window)| window[0] == 0x08) {
        let mut value = &window[1..];
        let Ok(number) = prost::encoding::decode_varint(&mut value) else { continue };
        let after = i64::try_from(number).unwrap_or(0) - BEGINNING.seconds();
        if (-COURSE..COURSE).contains(&after) && value.is_empty() {
            marks.push(Mark::Time(at + 1, after));
        }
    }
}

/// Seconds as the five bytes that they take between 1978 and 2242.
fn seconds(value: i64) -> [u8; 5] {
    let mut bytes = [0; 5];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let more = if place < 4 { 0x80 } else { 0 };
        *byte = ((value >> (7 * place)) & 0x7f) as u8 | more;
    }
    bytes
}
