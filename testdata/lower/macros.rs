macro_rules! get {
    ($s:expr, $($name:literal),+ $(,)?) => { $s.get_property(vec![$($name),+]) };
    (@log $($t:tt)*) => { log::info!($($t)*) };
}

macro_rules! accessor {
    ($($vis:vis fn $f:ident -> $t:ty;)*) => {
        impl Filter { $($vis fn $f(&self) -> $t { self.$f.clone() })* }
    };
}

macro_rules! bind {
    ($x:ident = $e:expr) => { let $x = $e; };
}

macro_rules! forever {
    () => { forever!() };
}

accessor! {
    pub fn route -> String;
    fn size -> usize;
}

impl Filter {
    fn f(&mut self, route: &str, width: usize) -> anyhow::Result<()> {
        self.value = get!(self, "xds", "route_name");
        get!(@log "{route} {}", self.value);
        bind!(y = route.len() + 1);
        let text = format!("{route:>width$} {0} {n:?}", y, n = self.n);
        info!(target: "t", key = route; "x {}", text);
        tracing::warn!(field = %self.value, ?y, "done {text}");
        write!(self.out, "{}", text)?;
        assert_eq!(y, 2, "y {y}");
        let v = vec![y, 2];
        let z = vec![0u8; y];
        let b = matches!(self.value, Some(ref v) if v == "a");
        let d = dbg!(text);
        let j = json!({ "a": route, "b": [y, null, { "c": self.n.len() }] });
        let c = concat!("a", 1, true);
        let e = cfg!(feature = "on");
        let u = unknown!(route => y, k: self.n);
        let w = odd!(route ~~ self.value.len() @ y);
        let t = include!("table.in");
        forever!();
        cfg_if::cfg_if! {
            if #[cfg(feature = "off")] { off(); } else if #[cfg(feature = "on")] { on(route); } else { none(); }
        }
        ensure!(y > 2, "bad {y}");
        if y == 3 {
            bail!("no {}", route);
        }
        if y == 4 {
            panic!("at {y}");
        }
        Ok(())
    }
}

lazy_static::lazy_static! {
    static ref TABLE: Mutex<u32> = Mutex::new(1);
}

thread_local! {
    static ROUTE: RefCell<Option<String>> = const { RefCell::new(None) };
}

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| Box::new(Filter::new()));
}}
