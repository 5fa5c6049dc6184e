//! The order in which things are taken that need each other, and the circles that stand in the way of one.

/// Things in an order in which each stands after those it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// All things, by number.
    pub(crate) order: Vec<usize>,
    /// Where things need each other in a circle: the things in it, up to 10, each needing the next.
    pub(crate) circles: Vec<Vec<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the path, at this depth.
    Open(usize),
    Done,
}

/// Puts things in order: `needs[i]` are those that the thing `i` needs. Otherwise they keep the order they have. Takes
/// time in proportion to the number of things and needs, and no stack.
pub(crate) fn order(needs: &[Vec<usize>]) -> Order {
    const SHOWN: usize = 10;
    let mut state = vec![State::New; needs.len()];
    let (mut order, mut circles) = (Vec::with_capacity(needs.len()), Vec::new());
    for first in 0..needs.len() {
        let mut path: Vec<(usize, usize)> = Vec::new();
        if state[first] == State::New {
            state[first] = State::Open(0);
            path.push((first, 0));
        }
        while let Some((at, next)) = path.last_mut() {
            let Some(need) = needs[*at].get(*next).copied() else {
                state[*at] = State::Done;
                order.push(*at);
                path.pop();
                continue;
            };
            *next += 1;
            match state[need] {
                State::New => {
                    state[need] = State::Open(path.len());
                    path.push((need, 0));
                }
                State::Open(depth) => {
                    circles.push(path[depth..].iter().take(SHOWN).map(|(thing, _)| *thing).collect());
                }
                State::Done => {}
            }
        }
    }
    Order { order, circles }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn each_stands_after_those_it_needs_and_circles_are_found() {
        let fine = order(&[vec![2], vec![], vec![1]]);
        assert_eq!((fine.order, fine.circles.len()), (vec![1, 2, 0], 0));
        let round = order(&[vec![1], vec![2], vec![1], vec![3]]);
        assert_eq!(round.circles, [vec![1, 2], vec![3]]);
        assert_eq!(round.order.len(), 4);
    }

    #[test]
    fn a_long_chain_takes_no_stack() {
        let needs: Vec<Vec<usize>> =
            (1..=200_000).map(|next| if next < 200_000 { vec![next] } else { vec![] }).collect();
        assert_eq!(order(&needs).order.first(), Some(&199_999));
    }
}
