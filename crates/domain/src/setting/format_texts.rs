//! How lists of countries and prices are written.

use super::format::{Format, is_region, text};
use super::{Problem, Value};

/// The highest price of a segment.
const DEAREST: u32 = 100_000;

/// Countries, ISO 3166-1 alpha-2, with spaces or commas between them.
pub struct Regions;

impl Format for Regions {
    type Typed = Vec<String>;

    fn read(&self, value: &Value) -> Result<Vec<String>, Problem> {
        let codes: Vec<_> = parts(text(value)?).map(str::to_owned).collect();
        let fits = !codes.is_empty() && codes.iter().all(|code| is_region(code));
        fits.then_some(codes).ok_or(Problem::NotRegions)
    }

    fn write(&self, typed: &Vec<String>) -> Value {
        Value::Text(typed.join(" "))
    }

    fn range(&self) -> String {
        "country codes of two uppercase letters, with spaces between them".to_owned()
    }
}

/// Countries with a price each: `US=1 JP=8`.
pub struct Prices;

impl Format for Prices {
    type Typed = Vec<(String, u32)>;

    fn read(&self, value: &Value) -> Result<Vec<(String, u32)>, Problem> {
        let prices: Option<Vec<_>> = parts(text(value)?).map(price).collect();
        prices.filter(|prices| !prices.is_empty()).ok_or(Problem::NotPrices { most: DEAREST })
    }

    fn write(&self, typed: &Vec<(String, u32)>) -> Value {
        let written: Vec<_> = typed.iter().map(|(country, price)| format!("{country}={price}")).collect();
        Value::Text(written.join(" "))
    }

    fn range(&self) -> String {
        format!("country codes with a price each, 0 to {DEAREST}")
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',']).filter(|part| !part.is_empty())
}

fn price(part: &str) -> Option<(String, u32)> {
    let (country, price) = part.split_once('=')?;
    let price = price.parse().ok().filter(|price| *price <= DEAREST)?;
    is_region(country).then(|| (country.to_owned(), price))
}
