//! Taint: which host reads a value comes from, how, and since when it is kept.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::Symbol;
use crate::sdk::{Phase, PropertyClass};
use crate::source::Span;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) struct $name(pub(crate) u32);
    )*};
}

ids! {
    /// One read of one property from the host, in one callback.
    SourceId;
    /// One place in the source that stores into something which outlives the callback.
    SiteId;
    /// One [`Tag`].
    TagId;
    /// An interned set of tags.
    TagSet;
}

impl TagSet {
    /// No taint.
    pub(crate) const EMPTY: Self = Self(0);

    pub(crate) fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
}

/// A read from the host.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The call in which the property's name is written.
    pub(crate) span: Span,
    /// The call of the host function itself, when a wrapper lies between.
    pub(crate) host_span: Span,
    /// `route_name`, `xds.cluster_name`, `:authority`; `?` when it is not known.
    pub(crate) property: Symbol,
    /// Its lifetime class.
    pub(crate) class: PropertyClass,
    /// The callback in which it was read.
    pub(crate) callback: Symbol,
    /// When that callback runs.
    pub(crate) phase: Phase,
    /// Every route match may look at it (requests only).
    pub(crate) routing: bool,
    /// Read in a phase after which the value moves no more.
    pub(crate) is_final: bool,
    /// The calls that led from the callback to the read, outermost first: span and callee.
    pub(crate) stack: Vec<(Span, String)>,
}

/// How a value depends on a host read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It is the value or computed from it.
    Copied,
    /// It was chosen by a condition on it.
    Decided,
    /// Whether it is `Ok` or `Err`, `Some` or `None`, was chosen by a condition on it; the payload, if
    /// there is one, is the same in any case.
    Variant,
    /// It tells only whether the host had a value at all.
    Presence,
}

/// Since when the tainted value exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Age {
    /// Obtained in the callback that runs now; where it was stored, if it was.
    Fresh(Option<SiteId>),
    /// Stored in an earlier callback.
    Kept {
        /// By whom.
        site: SiteId,
        /// The host may have resolved the route again since.
        open: bool,
        /// Stored by another stream.
        foreign: bool,
    },
}

/// One taint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Tag {
    /// From where.
    pub(crate) source: SourceId,
    /// How.
    pub(crate) kind: Kind,
    /// Since when.
    pub(crate) age: Age,
    /// It tells less than the value that the host gave: its length, a piece of the text.
    pub(crate) part: bool,
    /// Whether what told that it is up to date tells so no more.
    pub(crate) parted: Parted,
    /// Certainty was lost on the way.
    pub(crate) low: bool,
}

impl Tag {
    /// Of a value that the host just gave.
    pub(crate) fn fresh(source: SourceId) -> Self {
        Self {
            source,
            kind: Kind::Copied,
            age: Age::Fresh(None),
            part: false,
            parted: Parted::No,
            low: false,
        }
    }

    /// How much of what the host gave is in the value.
    pub(crate) fn extent(self) -> Extent {
        match (self.kind, self.part) {
            (Kind::Copied, false) => Extent::Whole,
            (Kind::Copied, true) => Extent::Part,
            _ => Extent::Choice,
        }
    }
}

/// Since when the token that a value was kept with is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Parted {
    /// It is the same, as far as is known.
    No,
    /// The token was overwritten in this callback: where it was, the value may follow.
    Now,
    /// It was in an earlier callback, and the value did not follow.
    Before,
}

/// How much a value has of what the host gave, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// All that tells it from others.
    Whole,
    /// A length, a piece of the text.
    Part,
    /// What was chosen by it.
    Choice,
}

/// What a store writes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Storage {
    /// A field of per-stream state.
    Stream,
    /// A field of state that streams share.
    Root,
    /// A static, thread-local, lazy or once cell.
    Static,
    /// What a closure or future captured.
    Capture,
    /// Shared data of the host.
    SharedData,
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Site {
    /// The store in the source.
    pub(crate) span: Span,
    /// `Plugin.route`, or the static's name.
    pub(crate) subject: Symbol,
    /// The field of a struct that was built before, of which the whole is stored here: what becomes of
    /// one field says nothing of the others.
    pub(crate) part: Option<Symbol>,
    /// What it writes into.
    pub(crate) storage: Storage,
    /// The callback that ran.
    pub(crate) callback: Symbol,
    /// The function that holds the store.
    pub(crate) function: Symbol,
    /// It adds to a collection instead of overwriting.
    pub(crate) adds: bool,
}

impl Site {
    /// The store of the whole struct.
    pub(crate) fn whole(&self) -> Self {
        Self {
            part: None,
            ..self.clone()
        }
    }

    /// The name of what is stored, down to the field.
    pub(crate) fn exact_subject(&self) -> String {
        match self.part {
            Some(field) => format!("{}.{field}", self.subject),
            None => self.subject.as_str().to_owned(),
        }
    }

    /// The field that the value was stored in.
    pub(crate) fn field(&self) -> Option<Symbol> {
        let last = || {
            self.subject
                .as_str()
                .rsplit_once('.')
                .map(|(_, f)| Symbol::new(f))
        };
        self.part.or_else(last)
    }
}

/// What sets of tags are asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Traits {
    /// Some tag is kept.
    kept: bool,
    /// Some tag was kept by something that waited.
    suspended: bool,
}

/// A set made from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Derived {
    Decided,
    Control,
    Payload,
    Variant,
    Part,
    Low,
}

/// How many tags a set may have before those of low confidence are thinned out.
const MANY_TAGS: usize = 32;

/// Intern tables of sources, sites, tags and sets of tags.
pub(crate) struct Tags {
    pub(crate) sources: Vec<Source>,
    source_ids: FxHashMap<(Span, Symbol, Symbol), SourceId>,
    pub(crate) sites: Vec<Site>,
    site_ids: FxHashMap<Site, SiteId>,
    tags: Vec<Tag>,
    tag_ids: FxHashMap<Tag, TagId>,
    sets: Vec<Box<[TagId]>>,
    set_ids: FxHashMap<Box<[TagId]>, TagSet>,
    unions: FxHashMap<(TagSet, TagSet), TagSet>,
    /// For each set what is asked of it again and again.
    traits: Vec<Traits>,
    derived: FxHashMap<(Derived, TagSet), TagSet>,
    /// Conditions that were noted for a set.
    tested: FxHashSet<(TagSet, Span)>,
    /// Conditions by source, in the order they were met.
    pub(crate) conditions: FxHashMap<SourceId, Vec<Span>>,
}

impl Tags {
    pub(crate) fn new() -> Self {
        let mut this = Self {
            sources: Vec::new(),
            source_ids: FxHashMap::default(),
            sites: Vec::new(),
            site_ids: FxHashMap::default(),
            tags: Vec::new(),
            tag_ids: FxHashMap::default(),
            sets: Vec::new(),
            set_ids: FxHashMap::default(),
            unions: FxHashMap::default(),
            traits: Vec::new(),
            derived: FxHashMap::default(),
            tested: FxHashSet::default(),
            conditions: FxHashMap::default(),
        };
        this.set(Vec::new());
        this
    }

    pub(crate) fn source(&mut self, source: Source) -> SourceId {
        let key = (source.span, source.property, source.callback);
        if let Some(&id) = self.source_ids.get(&key) {
            return id;
        }
        let id = SourceId(index(self.sources.len()));
        self.sources.push(source);
        self.source_ids.insert(key, id);
        id
    }

    /// For each site whether it is in per-stream state.
    pub(crate) fn streams(&self) -> Vec<bool> {
        self.sites
            .iter()
            .map(|s| s.storage == Storage::Stream)
            .collect()
    }

    /// For each source whether its value moves no more.
    pub(crate) fn finals(&self) -> Vec<bool> {
        self.sources.iter().map(|s| s.is_final).collect()
    }

    pub(crate) fn site(&mut self, site: Site) -> SiteId {
        if let Some(&id) = self.site_ids.get(&site) {
            return id;
        }
        let id = SiteId(index(self.sites.len()));
        self.sites.push(site.clone());
        self.site_ids.insert(site, id);
        id
    }

    pub(crate) fn tag(&mut self, tag: Tag) -> TagId {
        if let Some(&id) = self.tag_ids.get(&tag) {
            return id;
        }
        let id = TagId(index(self.tags.len()));
        self.tags.push(tag);
        self.tag_ids.insert(tag, id);
        id
    }

    pub(crate) fn get(&self, id: TagId) -> Tag {
        self.tags[id.0 as usize]
    }

    pub(crate) fn source_of(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    pub(crate) fn site_of(&self, id: SiteId) -> &Site {
        &self.sites[id.0 as usize]
    }

    pub(crate) fn set(&mut self, mut tags: Vec<TagId>) -> TagSet {
        tags.sort_unstable();
        tags.dedup();
        self.interned(tags)
    }

    /// The set of tags that are in order, each once. Of many, those of low confidence are told by one
    /// store for each host read: nobody looks at more of them.
    fn interned(&mut self, mut tags: Vec<TagId>) -> TagSet {
        if tags.len() > MANY_TAGS {
            let mut seen = FxHashSet::default();
            tags.retain(|&id| {
                let t = self.get(id);
                let kept = matches!(t.age, Age::Kept { .. });
                !t.low || seen.insert((t.source, t.kind, kept))
            });
        }
        let tags = tags.into_boxed_slice();
        if let Some(&id) = self.set_ids.get(&tags) {
            return id;
        }
        let id = TagSet(index(self.sets.len()));
        let mut traits = Traits::default();
        for &t in &tags {
            if let Age::Kept { site, .. } = self.get(t).age {
                traits.kept = true;
                traits.suspended |= self.site_of(site).storage == Storage::Capture;
            }
        }
        self.traits.push(traits);
        self.sets.push(tags.clone());
        self.set_ids.insert(tags, id);
        id
    }

    pub(crate) fn one(&mut self, tag: Tag) -> TagSet {
        let id = self.tag(tag);
        self.set(vec![id])
    }

    pub(crate) fn ids(&self, set: TagSet) -> &[TagId] {
        &self.sets[set.0 as usize]
    }

    pub(crate) fn list(&self, set: TagSet) -> Vec<Tag> {
        self.ids(set).iter().map(|&t| self.get(t)).collect()
    }

    /// The tags of a set that are not in another one.
    pub(crate) fn without(&self, set: TagSet, other: TagSet) -> Vec<Tag> {
        let known = self.ids(other);
        let ids = self.ids(set).iter();
        let new = ids.filter(|id| known.binary_search(id).is_err());
        new.map(|&id| self.get(id)).collect()
    }

    pub(crate) fn union(&mut self, a: TagSet, b: TagSet) -> TagSet {
        if a == b || b.is_empty() {
            return a;
        }
        if a.is_empty() {
            return b;
        }
        let key = if a < b { (a, b) } else { (b, a) };
        if let Some(&u) = self.unions.get(&key) {
            return u;
        }
        let all = merged(self.ids(a), self.ids(b));
        let u = self.interned(all);
        self.unions.insert(key, u);
        u
    }

    /// The set with each tag changed by `f`; `None` drops it.
    pub(crate) fn map(&mut self, set: TagSet, mut f: impl FnMut(Tag) -> Option<Tag>) -> TagSet {
        if set.is_empty() {
            return set;
        }
        let tags: Vec<Tag> = self.list(set).into_iter().filter_map(&mut f).collect();
        let ids = tags.into_iter().map(|t| self.tag(t)).collect();
        self.set(ids)
    }

    /// What `f` makes of each tag of the set, worked out once for each set.
    fn derive(&mut self, how: Derived, set: TagSet, f: impl FnMut(Tag) -> Option<Tag>) -> TagSet {
        if set.is_empty() {
            return set;
        }
        if let Some(&known) = self.derived.get(&(how, set)) {
            return known;
        }
        let new = self.map(set, f);
        self.derived.insert((how, set), new);
        new
    }

    /// Whether some of it was stored in an earlier callback.
    pub(crate) fn has_kept(&self, set: TagSet) -> bool {
        self.traits[set.0 as usize].kept
    }

    /// Whether some of it was held by something that waited.
    pub(crate) fn is_suspended(&self, set: TagSet) -> bool {
        self.traits[set.0 as usize].suspended
    }

    /// The same taints as decisions. Presence stays presence: it chooses nothing but itself.
    pub(crate) fn decided(&mut self, set: TagSet) -> TagSet {
        self.derive(Derived::Decided, set, |t| {
            Some(Tag {
                kind: if t.kind == Kind::Presence {
                    t.kind
                } else {
                    Kind::Decided
                },
                ..t
            })
        })
    }

    /// The taints that a condition hands to the code it guards.
    pub(crate) fn control(&mut self, set: TagSet) -> TagSet {
        self.derive(Derived::Control, set, |t| {
            (t.kind != Kind::Presence).then_some(Tag {
                kind: Kind::Decided,
                ..t
            })
        })
    }

    /// The taints of what an `Option` holds: that there was something says nothing about it.
    pub(crate) fn of_payload(&mut self, set: TagSet) -> TagSet {
        let outside = |t: &Tag| matches!(t.kind, Kind::Presence | Kind::Variant);
        self.derive(Derived::Payload, set, |t| (!outside(&t)).then_some(t))
    }

    /// Decisions as those that chose a variant and no payload.
    pub(crate) fn of_variant(&mut self, set: TagSet) -> TagSet {
        self.derive(Derived::Variant, set, |t| {
            Some(Tag {
                kind: if t.kind == Kind::Decided {
                    Kind::Variant
                } else {
                    t.kind
                },
                ..t
            })
        })
    }

    /// The taints of what is computed from the values and tells less.
    pub(crate) fn partial(&mut self, set: TagSet) -> TagSet {
        self.derive(Derived::Part, set, |t| Some(Tag { part: true, ..t }))
    }

    /// The taints, of which those of what is kept tell no more than that it is there. What a condition on
    /// the same host read says of a copy is of no more matter than the copy.
    pub(crate) fn kept_presence(&mut self, set: TagSet) -> TagSet {
        let copies: Vec<(SourceId, Age)> = self
            .list(set)
            .into_iter()
            .filter(|t| t.kind == Kind::Copied && matches!(t.age, Age::Kept { .. }))
            .map(|t| (t.source, t.age))
            .collect();
        self.map(set, |t| {
            let asked = copies.contains(&(t.source, t.age));
            Some(Tag {
                kind: if asked { Kind::Presence } else { t.kind },
                ..t
            })
        })
    }

    /// The same taints with certainty lost.
    pub(crate) fn low(&mut self, set: TagSet) -> TagSet {
        self.derive(Derived::Low, set, |t| Some(Tag { low: true, ..t }))
    }

    /// Remembers that a condition at `span` looked at these taints.
    pub(crate) fn note_condition(&mut self, set: TagSet, span: Span) {
        if set.is_empty() || !self.tested.insert((set, span)) {
            return;
        }
        for tag in self.list(set) {
            if tag.kind == Kind::Presence || !matches!(tag.age, Age::Fresh(_)) {
                continue;
            }
            let spans = self.conditions.entry(tag.source).or_default();
            if spans.len() < 64 && !spans.contains(&span) {
                spans.push(span);
            }
        }
    }
}

/// Two ordered lists as one.
fn merged(a: &[TagId], b: &[TagId]) -> Vec<TagId> {
    let (mut a, mut b) = (a, b);
    let mut out = Vec::with_capacity(a.len() + b.len());
    while let ([x, ..], [y, ..]) = (a, b) {
        out.push(*x.min(y));
        let (left, right) = (x <= y, y <= x);
        a = &a[usize::from(left)..];
        b = &b[usize::from(right)..];
    }
    out.extend_from_slice(a);
    out.extend_from_slice(b);
    out
}

fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
