fn ifs(a: bool, b: Option<u32>) -> u32 {
    let x = if a && let Some(n) = b && n > 1 {
        n
    } else if !a || check() {
        return 0;
    } else {
        2
    };
    let Some(y) = b else { return x };
    if a {
        note();
    }
    y
}

fn matches_(e: Event, k: u8) -> Result<String, Error> {
    let text = match e {
        Event::Start { id, name: n @ Name::Full(_) } if id > 3 => n.text()?,
        Event::Stop(1 | 2, ..) | Event::Pause => "p".into(),
        Event::Data(ref d) => d.clone(),
        Event::Range(0..=9) => stringify(k),
        LIMIT | Self::NONE => String::new(),
        other if matches!(other, Event::Odd(x) if x > 1) => other.name(),
        other => other.name(),
    };
    let both = text.is_empty() && k == 1;
    let either = both || text.len() > 2 || k == 3;
    Ok(text)
}

fn loops(list: &[Pair], mut n: u32) -> u32 {
    while n > 0 && ready() {
        n -= 1;
    }
    while let Some(x) = next() {
        use_it(x);
    }
    let found = 'outer: loop {
        for &(a, ref b) in list.iter() {
            if a == n {
                break 'outer a;
            }
            if *b {
                continue 'outer;
            }
        }
        break 0;
    };
    let v = 'block: {
        if n == 2 {
            break 'block 1;
        }
        found
    };
    match list {
        [first, .., last] => pick(first, last),
        [one, rest @ ..] => more(one, rest),
        [] => v,
    }
}

fn tries() -> Option<u8> {
    let r: Result<u8, E> = try { one()? };
    let x = r.ok()?.field;
    Some(x)
}

fn leaves(x: u8) -> u8 {
    if x == 1 {
        std::process::exit(1);
    }
    let y = match x {
        0 => return 1,
        other => other,
    };
    if !(x == 2 || y == 3) {
        unreachable!();
    }
    try_it(|| -> Option<u8> { Some(find()?) });
    y
}

fn once(list: &[Pair]) -> u8 {
    while let Some(x) = next() {
        seen(x);
        break;
    }
    let found = loop {
        if ready() {
            break 1;
        }
        break 2;
    };
    for pair in list {
        if pair.a == 0 {
            break;
        }
        return pair.b;
    }
    while ready() {
        if found == 1 {
            continue;
        }
        break;
    }
    found
}
