//! What all cells hold at one point of the program.

use super::value::{Cell, Val, Values};

/// Whether something happened on the paths that lead here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) enum Happened {
    /// On none.
    #[default]
    No,
    /// On some.
    Maybe,
    /// On all.
    Yes,
}

impl Happened {
    fn join(self, other: Self) -> Self {
        if self == other { self } else { Self::Maybe }
    }
}

/// How many answers to callouts are still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) enum Awaited {
    /// None.
    #[default]
    None,
    /// One.
    One,
    /// One or none, by the path taken.
    Maybe,
    /// More than can be told apart.
    Many,
}

impl Awaited {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Many, _) | (_, Self::Many) => Self::Many,
            _ => Self::Maybe,
        }
    }

    /// One more is under way.
    pub(crate) fn more(self) -> Self {
        if self == Self::None {
            Self::One
        } else {
            Self::Many
        }
    }

    /// One was answered, or failed at once.
    pub(crate) fn less(self) -> Self {
        if self == Self::Many { self } else { Self::None }
    }
}

/// What happened to the stream, beside what cells hold.
pub(crate) type Events = ([Happened; 4], Awaited);

/// A program state. Copying it is cheap: values are integers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// Slots of the running frames.
    pub(crate) stack: Vec<Val>,
    /// `Rc` allocations, context objects, statics.
    pub(crate) heap: Vec<Val>,
    /// The plugin answered the request itself.
    pub(crate) replied: Happened,
    /// The plugin let held request headers go.
    pub(crate) resumed: Happened,
    /// The plugin made the host drop the route in this callback.
    pub(crate) rerouted: Happened,
    /// The plugin made another context current.
    pub(crate) effective: Happened,
    /// Answers to callouts of this stream that are still to come.
    pub(crate) awaited: Awaited,
}

impl State {
    /// The events that a call can make happen.
    pub(crate) fn events(&self) -> Events {
        let happened = [self.replied, self.resumed, self.rerouted, self.effective];
        (happened, self.awaited)
    }

    pub(crate) fn set_events(&mut self, (happened, awaited): Events) {
        [self.replied, self.resumed, self.rerouted, self.effective] = happened;
        self.awaited = awaited;
    }

    pub(crate) fn get(&self, cell: Cell) -> Val {
        match cell {
            Cell::Stack(i) => self.stack.get(i as usize),
            Cell::Heap(i) => self.heap.get(i as usize),
        }
        .copied()
        .unwrap_or(Val::BOTTOM)
    }

    pub(crate) fn set(&mut self, cell: Cell, v: Val) {
        let (list, i) = match cell {
            Cell::Stack(i) => (&mut self.stack, i as usize),
            Cell::Heap(i) => (&mut self.heap, i as usize),
        };
        if list.len() <= i {
            list.resize(i + 1, Val::BOTTOM);
        }
        list[i] = v;
    }

    /// Joins `other` into this state; returns whether anything changed.
    pub(crate) fn join(&mut self, other: &Self, values: &mut Values) -> bool {
        let before = self.events();
        self.replied = self.replied.join(other.replied);
        self.resumed = self.resumed.join(other.resumed);
        self.rerouted = self.rerouted.join(other.rerouted);
        self.effective = self.effective.join(other.effective);
        self.awaited = self.awaited.join(other.awaited);
        let mut changed = before != self.events();
        for (mine, theirs) in [
            (&mut self.stack, &other.stack),
            (&mut self.heap, &other.heap),
        ] {
            if mine.len() < theirs.len() {
                mine.resize(theirs.len(), Val::BOTTOM);
            }
            for (m, &t) in mine.iter_mut().zip(theirs) {
                if *m != t {
                    let j = values.join(*m, t);
                    changed |= j != *m;
                    *m = j;
                }
            }
        }
        changed
    }
}

/// The join of two states of which either may be unreachable.
pub(crate) fn join_into(slot: &mut Option<State>, state: State, values: &mut Values) {
    match slot {
        Some(s) => {
            s.join(&state, values);
        }
        None => *slot = Some(state),
    }
}
