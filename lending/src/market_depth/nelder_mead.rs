//! Minimisation of a function of a few variables without derivatives.

/// Minimises a function by the Nelder-Mead simplex method (1965). Returns the minimum's point and
/// value. Arguments are the start, the initial step in each direction and the maximum number of
/// steps. Deterministic.
pub(crate) fn minimise<const N: usize>(
    function: impl Fn(&[f64; N]) -> f64,
    start: [f64; N],
    step: [f64; N],
    steps: usize,
) -> ([f64; N], f64) {
    let vertex = |point: [f64; N]| (point, function(&point));
    let mut vertices = vec![vertex(start)];
    for direction in 0..N {
        let mut point = start;
        point[direction] += step[direction];
        vertices.push(vertex(point));
    }
    for _ in 0..steps {
        vertices.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (best, worst) = (vertices[0], vertices[N]);
        if worst.1 - best.1 <= TOLERANCE * (best.1.abs() + TOLERANCE) {
            break;
        }
        let towards = |share: f64| vertex(reflect_worst(&vertices[..N], &worst.0, share));
        let reflected = towards(1.0);
        vertices[N] = if reflected.1 < best.1 {
            lower_vertex(towards(2.0), reflected)
        } else if reflected.1 < vertices[N - 1].1 {
            reflected
        } else {
            let contracted = towards(if reflected.1 < worst.1 { 0.5 } else { -0.5 });
            if contracted.1 >= worst.1.min(reflected.1) {
                for shrunk in &mut vertices[1..] {
                    *shrunk = vertex(midpoint(&best.0, &shrunk.0));
                }
                continue;
            }
            contracted
        };
    }
    vertices.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).expect("a simplex has vertices")
}

/// Relative difference of the simplex's values at convergence.
const TOLERANCE: f64 = 1e-7;

type Vertex<const N: usize> = ([f64; N], f64);

fn lower_vertex<const N: usize>(a: Vertex<N>, b: Vertex<N>) -> Vertex<N> {
    if a.1 < b.1 { a } else { b }
}

/// The worst point reflected through the centroid of the others, scaled by `share`.
fn reflect_worst<const N: usize>(others: &[Vertex<N>], worst: &[f64; N], share: f64) -> [f64; N] {
    std::array::from_fn(|at| {
        let centre = others.iter().map(|(point, _)| point[at]).sum::<f64>() / N as f64;
        centre + share * (centre - worst[at])
    })
}

fn midpoint<const N: usize>(a: &[f64; N], b: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|at| 0.5 * (a[at] + b[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rosenbrock_minimum_is_found() {
        let valley = |[x, y]: &[f64; 2]| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
        let (point, least) = minimise(valley, [-1.2, 1.0], [0.5, 0.5], 500);
        assert!(least < 1e-10, "{least}");
        assert!((point[0] - 1.0).abs() < 1e-4 && (point[1] - 1.0).abs() < 1e-4, "{point:?}");
    }

    #[test]
    fn minimum_at_a_kink_is_found() {
        let kink = |[x, y, z]: &[f64; 3]| (x - 1.0).abs() + (y + 2.0).abs() + (z - 0.5).abs();
        let (_, least) = minimise(kink, [0.0; 3], [1.0; 3], 500);
        assert!(least < 1e-4, "{least}");
    }
}
