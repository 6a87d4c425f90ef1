//! Which kinds are served: those that are built in, and those that definitions have brought.

use std::sync::Arc;

use super::kinds::{Kind, KindInfo};
use super::served::SERVED;

/// The kinds that are served at one time.
#[derive(Debug, Clone)]
pub struct Kinds {
    /// The first view of each kind, by its number; a custom kind keeps its place after its definition has gone.
    known: Vec<Arc<KindInfo>>,
    served: Vec<Arc<KindInfo>>,
}

impl Kinds {
    /// The kinds that are built in.
    pub(super) fn built_in() -> Self {
        Kinds { known: SERVED[..Kind::BUILT_IN.len()].to_vec(), served: SERVED.clone() }
    }

    /// Every kind in every version in which it is served.
    pub fn served(&self) -> &[Arc<KindInfo>] {
        &self.served
    }

    /// The kind under this group, version and plural.
    pub fn find(&self, group: &str, version: &str, plural: &str) -> Option<&Arc<KindInfo>> {
        self.served
            .iter()
            .find(|kind| kind.group == group && kind.version == version && kind.plural == plural)
    }

    /// Whether anything is served in this group.
    pub fn has_group(&self, group: &str) -> bool {
        self.served.iter().any(|kind| kind.group == group)
    }

    /// The kind that an object says it is of, by its `apiVersion` and `kind`.
    pub fn find_kind(&self, api_version: &str, name: &str) -> Option<&Arc<KindInfo>> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        self.served.iter().find(|kind| kind.name == name && kind.group == group && kind.version == version)
    }

    /// How the store's kind is first served; of a custom kind, in the version in which it is stored.
    pub fn of(&self, kind: Kind) -> Option<&Arc<KindInfo>> {
        self.known.get(kind.number())
    }

    /// The custom kind with this group and plural, served or not.
    pub fn custom(&self, group: &str, plural: &str) -> Option<Kind> {
        let known = self.known.iter().skip(Kind::BUILT_IN.len());
        known
            .map(|kind| &**kind)
            .find(|kind| kind.group == group && kind.plural == plural)
            .map(|it| it.stored)
    }

    /// Serves a custom kind in these versions, in place of those before; the first one is how it is known.
    pub(super) fn serve(&mut self, stored: KindInfo, served: Vec<KindInfo>) -> Kind {
        let new = Kind::Custom(u32::try_from(self.known.len() - Kind::BUILT_IN.len()).unwrap_or(u32::MAX));
        let kind = self.custom(&stored.group, &stored.plural).unwrap_or(new);
        let handle = |info: KindInfo| Arc::new(KindInfo { stored: kind, ..info });
        match self.known.get_mut(kind.number()) {
            Some(known) => *known = handle(stored),
            None => self.known.push(handle(stored)),
        }
        let place = self.served.iter().position(|info| info.stored == kind).unwrap_or(self.served.len());
        self.served.retain(|info| info.stored != kind);
        self.served.splice(place..place, served.into_iter().map(handle));
        kind
    }

    /// No longer serves a custom kind.
    pub(super) fn withdraw(&mut self, kind: Kind) {
        if matches!(kind, Kind::Custom(_)) {
            self.served.retain(|info| info.stored != kind);
        }
    }
}
