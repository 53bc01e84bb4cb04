//! What becomes of a condition on kept values: what is done under it acts, or only tells.
//!
//! A branch is judged by what its arms do. One that leaves the function, or a loop, is judged when that
//! ends: by what it left out.

use super::Interp;
use crate::flow::tag::{Age, Kind, TagSet};
use crate::ir::LabelId;

/// How much was done at some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    effects: u64,
    tells: u64,
}

/// A condition under which something is left early.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaving {
    looked: TagSet,
    /// What is done later may be left out.
    since: Mark,
}

/// A loop or block that an exit may leave.
#[derive(Debug)]
pub(crate) struct Open {
    label: LabelId,
    /// When a loop began: leaving one round leaves out what the next ones do.
    began: Option<Mark>,
    leaving: Vec<Leaving>,
}

impl Open {
    pub(super) fn block(label: LabelId) -> Self {
        Self {
            label,
            began: None,
            leaving: Vec::new(),
        }
    }

    pub(super) fn repeated(label: LabelId, began: Mark) -> Self {
        Self {
            label,
            began: Some(began),
            leaving: Vec::new(),
        }
    }
}

impl Interp<'_> {
    pub(super) fn mark(&self) -> Mark {
        Mark {
            effects: self.effects,
            tells: self.tells,
        }
    }

    pub(super) fn acted_since(&self, mark: Mark) -> bool {
        self.effects != mark.effects
    }

    pub(super) fn told_since(&self, mark: Mark) -> bool {
        self.tells != mark.tells
    }

    /// Notes what a choice does that looked at `looked`: in its arms since `since`, and by leaving the
    /// function or what else exits left after the first `left` of them.
    pub(super) fn note_consequences(
        &mut self,
        looked: TagSet,
        since: Mark,
        left: usize,
        returned: bool,
    ) {
        if !self.has_kept(looked) {
            return;
        }
        self.judge(looked, since);
        if self.acted_since(since) {
            return;
        }
        let frame = self.frame_mut();
        for at in left..frame.left.len() {
            let label = frame.left[at];
            // None is open that was left from outside of this choice only.
            if let Some(open) = frame.open.iter_mut().find(|o| o.label == label) {
                let since = open.began.unwrap_or(since);
                open.leaving.push(Leaving { looked, since });
            }
        }
        if returned {
            let since = frame.open.iter().find_map(|o| o.began).unwrap_or(since);
            frame.leaving.push(Leaving { looked, since });
        }
    }

    /// The innermost loop or block ended.
    pub(super) fn close(&mut self) {
        if let Some(open) = self.frame_mut().open.pop() {
            self.settle(open.leaving, false);
        }
    }

    /// What was left early has ended: nothing more can have been left out. Where nothing that is known
    /// was left out it acts, for there was a reason to leave, unless the value that it ended with
    /// carries the condition on.
    pub(super) fn settle(&mut self, leaving: Vec<Leaving>, carried: bool) {
        for Leaving { looked, since } in leaving {
            if !self.judge(looked, since) && !carried {
                self.note_act(looked);
            }
        }
    }

    /// Kept values decide what was done since `since`; whether that was anything.
    pub(super) fn judge(&mut self, looked: TagSet, since: Mark) -> bool {
        let (acted, told) = (self.acted_since(since), self.told_since(since));
        if acted {
            self.note_act(looked);
        } else if told {
            self.note_told(looked);
        }
        acted || told
    }

    /// Kept values decide what a log or metric tells, or whether it does.
    fn note_told(&mut self, tags: TagSet) {
        for tag in self.v.tags.list(tags) {
            if let Age::Kept { site, .. } = tag.age {
                let tells = if tag.kind == Kind::Presence {
                    &mut self.facts.presence_tells
                } else {
                    &mut self.facts.tells
                };
                tells.insert((site, tag.source));
            }
        }
    }
}
