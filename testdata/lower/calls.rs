struct Filter {
    config: Option<Config>,
    route: String,
    cb: Box<dyn Fn(u32) -> u32>,
    items: Vec<Item>,
}

impl Filter {
    fn receivers(&mut self, key: &str) -> bool {
        self.route = self.get_property(vec!["route_name"]).unwrap_or_default();
        self.items[key.len()].push((self.cb)(1));
        let f = |n| n;
        f(2);
        (*self).route.push_str(&make::<u8>().name);
        self.items.iter().map(Item::name).collect::<Vec<_>>();
        self.config.is_none()
    }

    fn assigns(&mut self, pair: (u8, u8)) {
        let x;
        x = -1;
        self.items[0].count += x as usize;
        (self.a, _) = pair;
        [self.b, ..] = list();
        _ = drop(x);
        let Self { route, config: ref mut c, .. } = self;
        let rule = Rule { name: route, ..Default::default() };
        let _range = 1..x;
        let x = [rule; 2];
        unsafe { GLOBAL = x }
    }
}
