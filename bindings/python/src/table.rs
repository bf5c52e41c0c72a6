//! Rows as Arrow columns, for whatever reads the Arrow C stream interface: Polars, pandas, DuckDB, pyarrow. Values are
//! read from the JSON text itself, so that no digit of a number is lost on the way.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, ListArray, MapArray, RecordBatch, RecordBatchIterator, RecordBatchOptions, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema};
use bytes::Bytes;
use devin_v2::{Secret, UnixMillis};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyType};

use crate::json::{self, Name, Names, is_integer, is_number};
use crate::model::{Model, Spec};
use crate::value::{Type, number};

/// How many unknown fields become columns of their own. A table has every column in every row: where each row has
/// fields of its own, it would take the square of what the rows do.
const MAX_UNKNOWN: usize = 256;

/// The same, for all rows together.
const MAX_UNKNOWN_CELLS: usize = 1 << 25;

/// The column of the unknown fields that have none of their own.
const OTHERS: &str = "extra";

/// The Arrow stream of `rows`, all objects of `class`. Fields are columns, and so are fields that the class doesn't
/// know; a class of totals by key (consumption) becomes one row per key.
#[pyfunction]
pub(crate) fn arrow_stream<'py>(
    py: Python<'py>,
    class: &Bound<'py, PyType>,
    rows: Vec<Bound<'py, Model>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let spec = Spec::of(class)?;
    if rows.iter().any(|row| !row.get().spec().is(&spec)) {
        return Err(PyTypeError::new_err("the rows are not all of one class"));
    }
    let rows: Vec<Bytes> = rows.iter().map(|row| row.get().json().clone()).collect();
    let spec = spec.get();
    let batch = py.detach(|| {
        let rows: Vec<Cell<'_>> = rows.iter().map(|row| Some(&**row)).collect();
        let batch = if spec.fields.iter().any(|field| field.key.is_some()) {
            long(spec, &rows)
        } else {
            wide(spec, &rows)
        };
        batch.map_err(|error| error.to_string())
    });
    let batch = batch.map_err(PyValueError::new_err)?;
    let schema = batch.schema();
    let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

/// JSON of a value, where there is one.
type Cell<'a> = Option<&'a [u8]>;

type Column = Result<ArrayRef, ArrowError>;

fn broken() -> ArrowError {
    ArrowError::JsonError("not JSON".to_owned())
}

/// Text for Arrow, which has no halves of surrogate pairs.
fn text(json: &[u8]) -> Option<String> {
    let text = json::text(json).filter(|_| json.first() == Some(&b'"'))?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

fn is_null(json: &[u8]) -> bool {
    json == b"null"
}

fn integer(json: &[u8]) -> Option<i64> {
    // 2.0 and 2e3 are integers too, for JSON.
    number(json).or_else(|| {
        let whole =
            number::<f64>(json).filter(|number| number.fract() == 0.0 && number.abs() <= EXACT as f64)?;
        Some(whole as i64)
    })
}

/// Up to here all integers can be held by a float.
const EXACT: i64 = 1 << 53;

/// The fields of objects, by column; and what they have besides, if it is asked for. A field that is left out is its
/// default, as its attribute is.
fn fields<'a>(
    spec: &'a Spec,
    objects: &[Cell<'a>],
    mut other: impl FnMut(usize, Name<'_>, &'a [u8]),
) -> Result<Vec<Vec<Cell<'a>>>, ArrowError> {
    let mut columns = vec![vec![None; objects.len()]; spec.fields.len()];
    for (row, object) in objects.iter().enumerate() {
        let Some(object) = object.filter(|object| object.first() == Some(&b'{')) else { continue };
        json::each_member(object, &spec.names, |name, part| match name {
            Name::Expected(index) => columns[index][row] = Some(part.json),
            name => other(row, name, part.json),
        })
        .ok_or_else(broken)?;
        for (field, column) in spec.fields.iter().zip(&mut columns) {
            column[row] = Some(field.or_default(column[row]));
        }
    }
    Ok(columns)
}

/// The values that there are of a column, each with its row.
type Sparse<'a> = Vec<(usize, &'a [u8])>;

/// The unknown fields of all rows, in the order of their first appearance.
#[derive(Default)]
struct Unknown<'a> {
    places: HashMap<Vec<u8>, usize>,
    /// Of each, its name and the values that there are, each with its row.
    columns: Vec<(String, Sparse<'a>)>,
    /// Names and values that came after the last column, by row.
    others: Vec<(usize, String, &'a [u8])>,
}

impl<'a> Unknown<'a> {
    fn take(&mut self, row: usize, field: &[u8], value: &'a [u8], most: usize) {
        let next = self.columns.len();
        match self.places.get(field) {
            Some(place) => self.columns[*place].1.push((row, value)),
            None if next < most => {
                self.places.insert(field.to_vec(), next);
                self.columns.push((name(field), vec![(row, value)]));
            }
            None => self.others.push((row, name(field), value)),
        }
    }
}

/// A column per field, and one per unknown field.
fn wide(spec: &Spec, rows: &[Cell<'_>]) -> Result<RecordBatch, ArrowError> {
    let most = MAX_UNKNOWN.min(MAX_UNKNOWN_CELLS / rows.len().max(1));
    let mut unknown = Unknown::default();
    let known = fields(spec, rows, |row, name, value| {
        if let Name::Other(name) = name {
            unknown.take(row, name, value, most);
        }
    })?;
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, cells) in spec.fields.iter().zip(known) {
        let column = column(&field.ty, &cells)?;
        fields.push(Field::new(&field.json_name, column.data_type().clone(), true));
        columns.push(column);
    }
    if !unknown.others.is_empty()
        && let Some(place) = unknown.places.get(OTHERS.as_bytes())
    {
        // The name is taken: this one is among the others.
        let (name, values) = unknown.columns.remove(*place);
        unknown.others.extend(values.into_iter().map(|(row, value)| (row, name.clone(), value)));
        unknown.others.sort_by_key(|(row, ..)| *row);
    }
    for (name, values) in unknown.columns {
        let mut cells = vec![None; rows.len()];
        values.into_iter().for_each(|(row, value)| cells[row] = Some(value));
        let column = column(&guess(&cells), &cells)?;
        fields.push(Field::new(name, column.data_type().clone(), true));
        columns.push(column);
    }
    if !unknown.others.is_empty() {
        let column = others(&unknown.others, rows.len());
        fields.push(Field::new(OTHERS, column.data_type().clone(), true));
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
}

/// A JSON object per row that has such fields.
fn others(values: &[(usize, String, &[u8])], rows: usize) -> ArrayRef {
    let mut builder = StringBuilder::new();
    let mut values = values.iter().peekable();
    for row in 0..rows {
        let mut object = String::new();
        while let Some((_, name, value)) = values.next_if(|(of, ..)| *of == row) {
            object.push(if object.is_empty() { '{' } else { ',' });
            object.push_str(&serde_json::Value::from(name.as_str()).to_string());
            object.push(':');
            object.push_str(&String::from_utf8_lossy(value));
        }
        builder.append_option((!object.is_empty()).then(|| object + "}"));
    }
    Arc::new(builder.finish())
}

/// The type that all values of an unknown field have in common. Numbers that neither an integer nor a float column
/// holds exactly are text.
fn guess(cells: &[Cell<'_>]) -> Type {
    let all =
        |is: fn(&[u8]) -> bool| cells.iter().flatten().filter(|value| !is_null(value)).all(|value| is(value));
    if all(|value| value.first() == Some(&b'"')) {
        Type::Str
    } else if all(|value| matches!(value.first(), Some(b't' | b'f'))) {
        Type::Bool
    } else if all(|value| is_integer(value) && number::<i64>(value).is_some()) {
        Type::Int
    } else if all(|value| {
        is_number(value)
            && (!is_integer(value) || number(value).is_some_and(|number: i64| number.abs() <= EXACT))
    }) {
        Type::Float
    } else {
        Type::Any
    }
}

/// Totals by key as rows: `dimension` tells by what a row counts, the column of that name holds the key, the others are
/// null. Each dimension adds up to the whole, so that one of them is what sums are made of.
fn long(spec: &Spec, rows: &[Cell<'_>]) -> Result<RecordBatch, ArrowError> {
    let maps: Vec<(usize, &str)> = spec
        .fields
        .iter()
        .enumerate()
        .filter_map(|(index, field)| Some((index, field.key.as_deref()?)))
        .collect();
    let columns = fields(spec, rows, |_, _, _| ())?;
    let mut dimensions = StringBuilder::new();
    let mut keys: Vec<Vec<Option<String>>> = vec![Vec::new(); maps.len()];
    let mut acus = Float64Builder::new();
    for (row, _) in rows.iter().enumerate() {
        for (index, (field, key)) in maps.iter().enumerate() {
            for (member, value) in members(columns[*field][row])?.into_iter().flatten() {
                dimensions.append_value(key);
                for (other, column) in keys.iter_mut().enumerate() {
                    column.push((other == index).then(|| member.clone()));
                }
                acus.append_option(number(value));
            }
        }
    }
    let mut fields = vec![Field::new("dimension", DataType::Utf8, false)];
    let mut columns: Vec<ArrayRef> = vec![Arc::new(dimensions.finish())];
    for ((_, key), values) in maps.iter().zip(keys) {
        let column = if *key == "date" { dates(&values) } else { strings(values.into_iter()) };
        fields.push(Field::new(*key, column.data_type().clone(), true));
        columns.push(column);
    }
    fields.push(Field::new("acus", DataType::Float64, true));
    columns.push(Arc::new(acus.finish()));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// The members of an object, by name; of several with one name, the last.
fn members(object: Cell<'_>) -> Result<Option<BTreeMap<String, &[u8]>>, ArrowError> {
    let Some(object) = object.filter(|object| object.first() == Some(&b'{')) else { return Ok(None) };
    let mut members = BTreeMap::new();
    json::each_member(object, &Names::default(), |member, part| {
        if let Name::Other(member) = member {
            members.insert(name(member), part.json);
        }
    })
    .ok_or_else(broken)?;
    Ok(Some(members))
}

fn dates(values: &[Option<String>]) -> ArrayRef {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    let mut builder = Date32Builder::new();
    for value in values {
        let date = value.as_ref().and_then(|text| text.parse::<jiff::civil::Date>().ok());
        builder.append_option(
            date.and_then(|date| i32::try_from(epoch.duration_until(date).as_hours() / 24).ok()),
        );
    }
    Arc::new(builder.finish())
}

/// A column of values of one type; what isn't of it is null.
fn column(ty: &Type, cells: &[Cell<'_>]) -> Column {
    let values = || cells.iter().copied();
    Ok(match ty {
        Type::Str => strings(values().map(|value| text(value?))),
        Type::Secret => strings(values().map(|value| Some(Secret::from(text(value?)?).to_string()))),
        Type::Any => strings(values().map(|value| {
            let value = value.filter(|value| !is_null(value))?;
            Some(String::from_utf8_lossy(value).into_owned())
        })),
        Type::Int => {
            let mut builder = Int64Builder::with_capacity(cells.len());
            values().for_each(|value| builder.append_option(value.and_then(integer)));
            Arc::new(builder.finish())
        }
        Type::Float => {
            let mut builder = Float64Builder::with_capacity(cells.len());
            let float = |value: &[u8]| if is_number(value) { number(value) } else { None };
            values().for_each(|value| builder.append_option(value.and_then(float)));
            Arc::new(builder.finish())
        }
        Type::Bool => {
            let mut builder = BooleanBuilder::with_capacity(cells.len());
            let flag = |value: &[u8]| match value {
                b"true" => Some(true),
                b"false" => Some(false),
                _ => None,
            };
            values().for_each(|value| builder.append_option(value.and_then(flag)));
            Arc::new(builder.finish())
        }
        Type::Time => {
            let mut builder = TimestampMicrosecondBuilder::new().with_timezone("UTC");
            for value in values() {
                // As text, or as a number of milliseconds.
                let time = value.and_then(|value| serde_json::from_slice::<UnixMillis>(value).ok());
                builder.append_option(time.map(|time| time.as_microsecond()));
            }
            Arc::new(builder.finish())
        }
        Type::List(inner) => {
            let mut elements = Vec::new();
            let mut lengths = Vec::with_capacity(cells.len());
            let mut present = Vec::with_capacity(cells.len());
            for value in values() {
                let before = elements.len();
                let list = value.filter(|value| value.first() == Some(&b'['));
                if let Some(list) = list {
                    json::each_element(list, |part| elements.push(Some(part.json))).ok_or_else(broken)?;
                }
                lengths.push(elements.len() - before);
                present.push(list.is_some());
            }
            let elements = column(inner, &elements)?;
            let field = Arc::new(Field::new("item", elements.data_type().clone(), true));
            let offsets = OffsetBuffer::from_lengths(lengths);
            Arc::new(ListArray::try_new(field, offsets, elements, Some(present.into()))?)
        }
        Type::Map(inner) => {
            let maps: Vec<_> = values().map(members).collect::<Result<_, _>>()?;
            let keys = strings(maps.iter().flatten().flat_map(BTreeMap::keys).cloned().map(Some));
            let elements: Vec<Cell<'_>> =
                maps.iter().flatten().flat_map(BTreeMap::values).map(|value| Some(*value)).collect();
            let elements = column(inner, &elements)?;
            let fields = Fields::from(vec![
                Field::new("key", DataType::Utf8, false),
                Field::new("value", elements.data_type().clone(), true),
            ]);
            let entries = StructArray::try_new(fields.clone(), vec![keys, elements], None)?;
            let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
            let lengths = maps.iter().map(|map| map.as_ref().map_or(0, BTreeMap::len));
            let present = NullBuffer::from_iter(maps.iter().map(Option::is_some));
            Arc::new(MapArray::try_new(
                field,
                OffsetBuffer::from_lengths(lengths),
                entries,
                Some(present),
                false,
            )?)
        }
        Type::Model(spec) => {
            let spec = spec.get();
            let mut columns = Vec::new();
            let mut inner = Vec::new();
            for (field, cells) in spec.fields.iter().zip(fields(spec, cells, |_, _, _| ())?) {
                let column = column(&field.ty, &cells)?;
                inner.push(Field::new(&field.json_name, column.data_type().clone(), true));
                columns.push(column);
            }
            let present = NullBuffer::from_iter(
                values().map(|value| value.is_some_and(|value| value.first() == Some(&b'{'))),
            );
            Arc::new(StructArray::try_new_with_length(inner.into(), columns, Some(present), cells.len())?)
        }
    })
}

fn strings(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    values.for_each(|value| builder.append_option(value));
    Arc::new(builder.finish())
}
