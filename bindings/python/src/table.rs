//! Rows as Arrow columns, for whatever reads the Arrow C stream interface: Polars, pandas, DuckDB, pyarrow.

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
use devin_v2::{Secret, Timestamp, UnixMillis};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyType};
use serde_json::{Map, Value};

use crate::model::{Model, Spec};
use crate::value::Type;

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
        let rows: Result<Vec<Map<String, Value>>, _> =
            rows.iter().map(|row| serde_json::from_slice(row)).collect();
        let rows = rows.map_err(|error| error.to_string())?;
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

type Column = Result<ArrayRef, ArrowError>;

/// A column per field, and one per unknown field, in the order of their first appearance.
fn wide(spec: &Spec, rows: &[Map<String, Value>]) -> Result<RecordBatch, ArrowError> {
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for field in &spec.fields {
        let values: Vec<Option<&Value>> = rows.iter().map(|row| row.get(&field.json_name)).collect();
        let column = column(&field.ty, &values)?;
        fields.push(Field::new(&field.json_name, column.data_type().clone(), true));
        columns.push(column);
    }
    let mut unknown: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(Map::keys) {
        if !unknown.contains(&name) && !spec.fields.iter().any(|field| field.json_name == *name) {
            unknown.push(name);
        }
    }
    for name in unknown {
        let values: Vec<Option<&Value>> = rows.iter().map(|row| row.get(name)).collect();
        let column = column(&guess(&values), &values)?;
        fields.push(Field::new(name, column.data_type().clone(), true));
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
}

/// The type that all values of an unknown field have in common.
fn guess(values: &[Option<&Value>]) -> Type {
    let all = |is: fn(&Value) -> bool| {
        values.iter().flatten().filter(|value| !value.is_null()).all(|value| is(value))
    };
    if all(Value::is_string) {
        Type::Str
    } else if all(Value::is_boolean) {
        Type::Bool
    } else if all(|value| value.as_i64().is_some()) {
        Type::Int
    } else if all(Value::is_number) {
        Type::Float
    } else {
        Type::Any
    }
}

/// Totals by key as rows: `dimension` tells by what a row counts, the column of that name holds the key, the others are
/// null. Each dimension adds up to the whole, so that one of them is what sums are made of.
fn long(spec: &Spec, rows: &[Map<String, Value>]) -> Result<RecordBatch, ArrowError> {
    let maps: Vec<(&str, &str)> = spec
        .fields
        .iter()
        .filter_map(|field| Some((field.json_name.as_str(), field.key.as_deref()?)))
        .collect();
    let mut dimensions = StringBuilder::new();
    let mut keys: Vec<Vec<Option<Value>>> = vec![Vec::new(); maps.len()];
    let mut acus = Float64Builder::new();
    for row in rows {
        for (index, (name, key)) in maps.iter().enumerate() {
            let Some(Value::Object(members)) = row.get(*name) else { continue };
            for (member, value) in members {
                dimensions.append_value(key);
                for (other, column) in keys.iter_mut().enumerate() {
                    column.push((other == index).then(|| Value::String(member.clone())));
                }
                acus.append_option(value.as_f64());
            }
        }
    }
    let mut fields = vec![Field::new("dimension", DataType::Utf8, false)];
    let mut columns: Vec<ArrayRef> = vec![Arc::new(dimensions.finish())];
    for ((_, key), values) in maps.iter().zip(&keys) {
        let values: Vec<Option<&Value>> = values.iter().map(Option::as_ref).collect();
        let column = if *key == "date" { dates(&values) } else { column(&Type::Str, &values)? };
        fields.push(Field::new(*key, column.data_type().clone(), true));
        columns.push(column);
    }
    fields.push(Field::new("acus", DataType::Float64, true));
    columns.push(Arc::new(acus.finish()));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn dates(values: &[Option<&Value>]) -> ArrayRef {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    let mut builder = Date32Builder::new();
    for value in values {
        let date = value.and_then(Value::as_str).and_then(|text| text.parse::<jiff::civil::Date>().ok());
        builder.append_option(
            date.and_then(|date| i32::try_from(epoch.duration_until(date).as_hours() / 24).ok()),
        );
    }
    Arc::new(builder.finish())
}

/// A column of values of one type; what isn't of it is null.
fn column(ty: &Type, values: &[Option<&Value>]) -> Column {
    Ok(match ty {
        Type::Str => strings(values, |value| value.as_str().map(str::to_owned)),
        Type::Secret => strings(values, |value| value.as_str().map(|text| Secret::from(text).to_string())),
        Type::Any => strings(values, |value| (!value.is_null()).then(|| value.to_string())),
        Type::Int => {
            let mut builder = Int64Builder::new();
            values.iter().for_each(|value| builder.append_option(value.and_then(Value::as_i64)));
            Arc::new(builder.finish())
        }
        Type::Float => {
            let mut builder = Float64Builder::new();
            values.iter().for_each(|value| builder.append_option(value.and_then(Value::as_f64)));
            Arc::new(builder.finish())
        }
        Type::Bool => {
            let mut builder = BooleanBuilder::new();
            values.iter().for_each(|value| builder.append_option(value.and_then(Value::as_bool)));
            Arc::new(builder.finish())
        }
        Type::Time => {
            let mut builder = TimestampMicrosecondBuilder::new().with_timezone("UTC");
            for value in values {
                let time = value.and_then(|value| match value {
                    Value::String(text) => text.parse::<Timestamp>().ok(),
                    number => serde_json::from_value::<UnixMillis>(number.clone()).ok().map(Timestamp::from),
                });
                builder.append_option(time.map(|time| time.as_microsecond()));
            }
            Arc::new(builder.finish())
        }
        Type::List(inner) => {
            let lists: Vec<Option<&Vec<Value>>> =
                values.iter().map(|value| value.and_then(Value::as_array)).collect();
            let elements: Vec<Option<&Value>> =
                lists.iter().flatten().flat_map(|list| list.iter().map(Some)).collect();
            let elements = column(inner, &elements)?;
            let lengths = lists.iter().map(|list| list.map_or(0, Vec::len));
            let field = Arc::new(Field::new("item", elements.data_type().clone(), true));
            let present = NullBuffer::from_iter(lists.iter().map(Option::is_some));
            Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), elements, Some(present))?)
        }
        Type::Map(inner) => {
            let maps: Vec<Option<&Map<String, Value>>> =
                values.iter().map(|value| value.and_then(Value::as_object)).collect();
            let mut keys = StringBuilder::new();
            maps.iter().flatten().flat_map(|map| map.keys()).for_each(|key| keys.append_value(key));
            let elements: Vec<Option<&Value>> =
                maps.iter().flatten().flat_map(|map| map.values().map(Some)).collect();
            let elements = column(inner, &elements)?;
            let fields = Fields::from(vec![
                Field::new("key", DataType::Utf8, false),
                Field::new("value", elements.data_type().clone(), true),
            ]);
            let entries =
                StructArray::try_new(fields.clone(), vec![Arc::new(keys.finish()), elements], None)?;
            let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
            let lengths = maps.iter().map(|map| map.map_or(0, Map::len));
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
            let objects: Vec<Option<&Map<String, Value>>> =
                values.iter().map(|value| value.and_then(Value::as_object)).collect();
            let mut fields = Vec::new();
            let mut columns = Vec::new();
            for field in &spec.get().fields {
                let values: Vec<Option<&Value>> = objects
                    .iter()
                    .map(|object| object.and_then(|object| object.get(&field.json_name)))
                    .collect();
                let column = column(&field.ty, &values)?;
                fields.push(Field::new(&field.json_name, column.data_type().clone(), true));
                columns.push(column);
            }
            let present = NullBuffer::from_iter(objects.iter().map(Option::is_some));
            let length = objects.len();
            Arc::new(StructArray::try_new_with_length(fields.into(), columns, Some(present), length)?)
        }
    })
}

fn strings(values: &[Option<&Value>], text: impl Fn(&Value) -> Option<String>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    values.iter().for_each(|value| builder.append_option(value.and_then(&text)));
    Arc::new(builder.finish())
}
