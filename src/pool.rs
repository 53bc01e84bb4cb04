//! The threads that the pipeline runs on.

/// The parser, the lowering and the interpreter recurse as deep as the source is nested. Stacks are
/// reserved, not used, memory.
const STACK_BYTES: usize = if cfg!(target_pointer_width = "64") {
    1 << 30
} else {
    1 << 26
};

/// Runs `work` on a pool of `threads` threads, by default as many as the machine has, with stacks
/// deep enough for any source that the front end accepts.
pub(crate) fn install<R: Send>(threads: Option<usize>, work: impl FnOnce() -> R + Send) -> R {
    let build = |stack: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.unwrap_or(0))
            .stack_size(stack)
            .build()
    };
    // A small machine, or one with a limit on address space, may refuse.
    match build(STACK_BYTES).or_else(|_| build(STACK_BYTES >> 4)) {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}
