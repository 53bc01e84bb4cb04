// The host of the plugins that are run: it answers the same in each callback, so that a value has no
// age, and writes down what it is told. Before and after its fix a plugin tells it the same.

use std::cell::{Cell, RefCell};
use std::error::Error;

type Main = fn() -> Result<(), Box<dyn Error>>;
type Answers = [Option<&'static str>; 3];

const SCENES: [(Answers, bool); 5] = [
    ([Some("gold"), Some("silver"), None], false),
    ([None, None, Some("gold")], true),
    ([Some("silver"), Some("gold"), Some("")], false),
    ([Some("go{ld"), Some("3"), Some("free")], true),
    ([Some("12"), None, Some("gold")], false),
];

thread_local! {
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static ANSWERS: Cell<Answers> = const { Cell::new([None; 3]) };
}

extern "C" {
    fn proxy_on_context_create(id: u32, root: u32);
    fn proxy_on_request_headers(id: u32, count: usize, end: bool) -> u32;
    fn proxy_on_request_body(id: u32, size: usize, end: bool) -> u32;
    fn proxy_on_response_headers(id: u32, count: usize, end: bool) -> u32;
    fn proxy_on_response_body(id: u32, size: usize, end: bool) -> u32;
    fn proxy_on_response_trailers(id: u32, count: usize) -> u32;
    fn proxy_on_log(id: u32);
}

fn tell(text: String) {
    TOLD.with(|t| t.borrow_mut().push(text));
}

unsafe fn text(data: *const u8, size: usize) -> String {
    String::from_utf8_lossy(std::slice::from_raw_parts(data, size)).into_owned()
}

#[no_mangle]
unsafe extern "C" fn proxy_get_property(
    path: *const u8,
    size: usize,
    data: *mut *mut u8,
    length: *mut usize,
) -> u32 {
    let path = text(path, size);
    let index = match path.trim_end_matches('\0').rsplit('\0').next() {
        Some("route_name") => 0,
        Some("cluster_name") => 1,
        _ => 2,
    };
    let Some(answer) = ANSWERS.with(Cell::get)[index] else {
        return 1;
    };
    let answer = answer.as_bytes().to_vec().into_boxed_slice();
    *length = answer.len();
    *data = Box::into_raw(answer).cast();
    0
}

#[no_mangle]
unsafe extern "C" fn proxy_replace_header_map_value(
    _map: u32,
    key: *const u8,
    key_size: usize,
    value: *const u8,
    size: usize,
) -> u32 {
    tell(format!("{}: {}", text(key, key_size), text(value, size)));
    0
}

#[no_mangle]
unsafe extern "C" fn proxy_remove_header_map_value(_map: u32, key: *const u8, size: usize) -> u32 {
    tell(format!("without {}", text(key, size)));
    0
}

#[no_mangle]
unsafe extern "C" fn proxy_log(_level: u32, data: *const u8, size: usize) -> u32 {
    tell(format!("log {}", text(data, size)));
    0
}

/// What a plugin tells. A thread has contexts of its own.
fn run(main: Main) -> Vec<String> {
    let thread = std::thread::spawn(move || {
        main().expect("it starts");
        unsafe {
            proxy_on_context_create(1, 0);
            let mut id = 1;
            for (answers, end) in SCENES.into_iter().chain(SCENES) {
                id += 1;
                ANSWERS.with(|a| a.set(answers));
                tell(format!("scene {id}"));
                proxy_on_context_create(id, 1);
                let mut actions = [0; 5];
                actions[0] = proxy_on_request_headers(id, 3, end);
                actions[1] = proxy_on_request_body(id, 3, end);
                actions[2] = proxy_on_response_headers(id, 3, end);
                actions[3] = proxy_on_response_body(id, 3, end);
                actions[4] = proxy_on_response_trailers(id, 3);
                proxy_on_log(id);
                tell(format!("{actions:?}"));
            }
        }
        TOLD.with(RefCell::take)
    });
    thread.join().expect("it runs")
}

fn main() {
    proxy_wasm::set_log_level(proxy_wasm::types::LogLevel::Trace);
    for (number, drawn, fixed) in PLUGINS {
        let (drawn, fixed) = (run(*drawn), run(*fixed));
        let pairs = drawn.iter().zip(&fixed);
        let other = pairs.into_iter().find(|(a, b)| a != b);
        let other = other.or((drawn.len() != fixed.len()).then_some((&drawn[0], &fixed[0])));
        if let Some((a, b)) = other {
            println!("{number}\t{a:?} became {b:?}");
        }
    }
    println!("{} plugins", PLUGINS.len());
}

/// The rest of the host, which has to be there and is not asked.
macro_rules! absent {
    ($($name:ident,)*) => {
        $(
            #[no_mangle]
            extern "C" fn $name() -> u32 {
                eprintln!("{}", stringify!($name));
                std::process::abort()
            }
        )*
    };
}

absent! {
    proxy_add_header_map_value,
    proxy_call_foreign_function,
    proxy_close_stream,
    proxy_continue_stream,
    proxy_define_metric,
    proxy_dequeue_shared_queue,
    proxy_done,
    proxy_enqueue_shared_queue,
    proxy_get_buffer_bytes,
    proxy_get_current_time_nanoseconds,
    proxy_get_header_map_pairs,
    proxy_get_header_map_value,
    proxy_get_log_level,
    proxy_get_metric,
    proxy_get_shared_data,
    proxy_get_status,
    proxy_grpc_call,
    proxy_grpc_cancel,
    proxy_grpc_close,
    proxy_grpc_send,
    proxy_grpc_stream,
    proxy_http_call,
    proxy_increment_metric,
    proxy_record_metric,
    proxy_register_shared_queue,
    proxy_resolve_shared_queue,
    proxy_send_local_response,
    proxy_set_buffer_bytes,
    proxy_set_effective_context,
    proxy_set_header_map_pairs,
    proxy_set_property,
    proxy_set_shared_data,
    proxy_set_tick_period_milliseconds,
}
