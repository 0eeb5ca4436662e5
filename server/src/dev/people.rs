//! Believable names of connections, accounts and groups, the same ones every time.

const BRANDS: &[&str] = &[
    "Acme",
    "Northwind",
    "Contoso",
    "Bluebird",
    "Harbor",
    "Summit",
    "Lighthouse",
    "Meridian",
    "Juniper",
    "Cobalt",
    "Falcon",
    "Granite",
    "Willow",
    "Ember",
    "Nimbus",
    "Orchid",
    "Pioneer",
    "Quartz",
    "Raven",
    "Sierra",
    "Tundra",
    "Umbra",
    "Vertex",
    "Wander",
    "Xenon",
    "Yonder",
    "Zephyr",
    "Atlas",
    "Beacon",
    "Cedar",
    "Delta",
    "Everest",
    "Foxglove",
    "Gazette",
    "Herald",
    "Iris",
    "Jasper",
    "Kestrel",
    "Lumen",
    "Mosaic",
    "Ökohaus",
    "Éclair",
    "Οδός",
    "Søndag",
    "みどり",
];
const TOPICS: &[&str] = &[
    "News", "Support", "Sports", "Weather", "Alerts", "Status", "Careers", "Events", "Sales",
    "Updates", "Traffic", "Culture", "Science", "Markets", "Politics", "Music", "Travel", "Food",
    "Health", "Gaming",
];
const PLACES: &[&str] = &[
    "London",
    "Berlin",
    "Paris",
    "Madrid",
    "Oslo",
    "Wien",
    "Praha",
    "Lisboa",
    "Dublin",
    "Zürich",
    "Tokyo",
    "Seoul",
    "Sydney",
    "Toronto",
    "Boston",
    "Denver",
    "Austin",
    "Chicago",
    "Lagos",
    "Nairobi",
    "Mumbai",
    "Delhi",
    "Jakarta",
    "Lima",
    "Bogotá",
    "Quito",
    "Havana",
    "Cairo",
    "Athens",
    "Roma",
    "São Paulo",
];
const REGIONS: &[&str] = &["EU", "US", "APAC", "LATAM", "MEA"];

/// Numbers that look random and are the same every time (`splitmix64`).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.throw() % end.max(1) as u64).unwrap_or_default()
    }

    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick(&mut self, words: &'static [&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    /// Letters and digits.
    pub(super) fn text(&mut self, length: usize) -> String {
        let digit = |number| char::from_digit(number, 36).unwrap_or('0');
        (0..length).map(|_| digit(u32::try_from(self.below(36)).unwrap_or_default())).collect()
    }

    /// A name that no other number has.
    pub(super) fn name(&mut self, number: usize) -> String {
        let (brand, topic) = (self.pick(BRANDS), self.pick(TOPICS));
        match self.below(3) {
            0 => format!("{brand} {topic} {number}"),
            1 => format!("{} {brand} {topic} {number}", self.pick(PLACES)),
            _ => format!("{brand} {topic} {} {number}", self.pick(PLACES)),
        }
    }

    /// As X has them: 4 to 15 letters, digits and underscores.
    pub(super) fn screen_name(&mut self, number: usize) -> String {
        let word = if self.one_in(2) { self.pick(TOPICS) } else { self.pick(PLACES) };
        let mut name: String = word.chars().filter(char::is_ascii_alphanumeric).take(7).collect();
        name.push('_');
        name.push_str(&number.to_string());
        name
    }

    /// One of so many groups, the first ones larger; one in ten is in none.
    pub(super) fn group(&mut self, groups: usize) -> Option<String> {
        if self.one_in(10) {
            return None;
        }
        let number = self.below(groups).min(self.below(groups));
        let mut dice = Dice(number as u64);
        let (brand, topic, region) = (dice.pick(BRANDS), dice.pick(TOPICS), dice.pick(REGIONS));
        Some(format!("{brand} {topic} {region}"))
    }
}
