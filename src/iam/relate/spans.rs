//! Sets of points on a line: numbers, instants and addresses, as sorted runs.

/// Runs of points, both ends included, sorted and apart from each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Spans(Vec<(u128, u128)>);

impl Spans {
    pub(super) fn all() -> Self {
        Self(vec![(0, u128::MAX)])
    }

    pub(super) fn of(mut runs: Vec<(u128, u128)>) -> Self {
        runs.retain(|(from, to)| from <= to);
        runs.sort_unstable();
        let mut joined: Vec<(u128, u128)> = Vec::new();
        for (from, to) in runs {
            match joined.last_mut() {
                Some((_, end)) if from <= end.saturating_add(1) => *end = (*end).max(to),
                _ => joined.push((from, to)),
            }
        }
        Self(joined)
    }

    pub(super) fn complement(&self) -> Self {
        let mut runs = Vec::new();
        let mut next = Some(0);
        for (from, to) in &self.0 {
            if let (Some(start), Some(end)) = (next, from.checked_sub(1))
                && start <= end
            {
                runs.push((start, end));
            }
            next = to.checked_add(1);
        }
        runs.extend(next.map(|start| (start, u128::MAX)));
        Self(runs)
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        let (mut a, mut b) = (0, 0);
        let mut runs = Vec::new();
        while let (Some((a_from, a_to)), Some((b_from, b_to))) = (self.0.get(a), other.0.get(b)) {
            let (from, to) = (*a_from.max(b_from), *a_to.min(b_to));
            if from <= to {
                runs.push((from, to));
            }
            if a_to < b_to { a += 1 } else { b += 1 }
        }
        Self(runs)
    }

    pub(super) fn holds(&self, point: u128) -> bool {
        let after = self.0.partition_point(|(from, _)| *from <= point);
        after.checked_sub(1).is_some_and(|at| point <= self.0[at].1)
    }

    pub(super) fn runs(&self) -> &[(u128, u128)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ends() -> impl Strategy<Value = u128> {
        prop_oneof![0_u128..20, Just(u128::MAX), Just(u128::MAX - 1)]
    }

    proptest! {
        #[test]
        fn sets_are_sets(a in proptest::collection::vec((ends(), ends()), 0..4), b in proptest::collection::vec((ends(), ends()), 0..4), point in ends()) {
            let inside = |runs: &[(u128, u128)]| runs.iter().any(|(from, to)| *from <= point && point <= *to);
            let (sa, sb) = (Spans::of(a.clone()), Spans::of(b.clone()));
            prop_assert_eq!(sa.holds(point), inside(&a));
            prop_assert_eq!(sa.complement().holds(point), !inside(&a));
            prop_assert_eq!(sa.intersect(&sb).holds(point), inside(&a) && inside(&b));
            prop_assert_eq!(sa.complement().complement(), sa);
        }
    }
}
