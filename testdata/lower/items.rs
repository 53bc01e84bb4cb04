use std::{collections::HashMap as Map, fmt::{self, Display}, io::*};
use crate::a as _;
extern crate alloc as al;
mod other;
#[cfg_attr(feature = "on", path = "x/y.rs")]
mod placed;
include!("more.rs");

#[derive(Clone, std::fmt::Debug)]
pub struct Rule<T: Clone + Fn(u8) -> bool>
where
    T: Default,
{
    #[cfg(feature = "off")]
    gone: u8,
    name: &'static str,
    f: Box<dyn Fn(&T) -> [u8; 4]>,
}

pub struct Tuple(#[cfg(feature = "off")] u8, u16, *mut u32);

enum E {
    A,
    B(u8, Vec<E>),
    C { x: (u8, !) },
}

type Alias = Option<<E as Tr>::Out>;
const LIMIT: usize = 3 + OTHER;
static mut STATE: Option<String> = None;

trait Tr: Sup + fmt::Debug {
    const N: u8 = 1;
    type Out;
    fn required(self: Box<Self>, x: impl Into<String> + 'static) -> Self::Out;
    fn provided(&self) -> u8 {
        Self::N
    }
}

impl<T: Ctx> Tr for Rule<T> {
    type Out = u8;
    const N: u8 = 2;
    fn required(self: Rc<Self>, (a, b): (u8, u8)) -> u8 {
        a
    }
    #[cfg(test)]
    fn gone() {}
}

#[unsafe(no_mangle)]
pub extern "C" fn _start() {
    fn helper() -> u8 {
        use inner::K;
        const K2: u8 = K;
        K2
    }
    helper();
}

unsafe extern "C" {
    fn host_call(x: *const u8) -> i32;
}

#[cfg(test)]
mod tests {
    fn t() {}
}

mod inner {
    pub fn main() {}
}
