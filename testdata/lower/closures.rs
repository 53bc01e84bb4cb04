async fn run(&self) -> u32 {
    let mut count = 0;
    let name = String::new();
    let mut add = |n: u32, (a, b)| {
        count += n;
        let inner = || count + a + b;
        inner()
    };
    add(1, (2, 3));
    let owned = move || name.len() + self.size;
    let fut = async move {
        let v = fetch(count).await?;
        Ok(v)
    };
    spawn(fut).await;
    let later = async |x| x + count;
    owned()
}
