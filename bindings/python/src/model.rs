//! Rows and other answers as objects. An object keeps the JSON that the service sent and makes a value of a field when
//! it is read: what nobody reads costs nothing, rows that are held take little more than their JSON, and nothing that
//! came is lost.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::OnceLock;

use bytes::Bytes;
use devin_v2::Secret;
use pyo3::exceptions::{PyAttributeError, PyRecursionError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple, PyType};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::arguments;
use crate::json::{self, Name, Names, Part, Token, Tokens};
use crate::value::{self, Type};

/// What a generated class says about its fields, ready to be used.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct Spec {
    class: Py<PyType>,
    pub(crate) fields: Vec<FieldSpec>,
    /// Their names in JSON.
    pub(crate) names: Names,
    has_secrets: bool,
}

/// A field of a class.
pub(crate) struct FieldSpec {
    /// Its name in Python.
    name: String,
    /// The same as it stands in programs.
    interned: Py<PyString>,
    /// Its name in JSON.
    pub(crate) json_name: String,
    pub(crate) ty: Type,
    nullable: bool,
    /// What it is if the service left it out.
    default: Py<PyAny>,
    /// The same as JSON.
    json_default: Bytes,
    /// `secret` or `personal`.
    sensitive: Option<String>,
    /// For a map that tables show as rows of its own: what its keys are.
    pub(crate) key: Option<String>,
}

impl Spec {
    /// The specification of a class that was made with fields.
    pub(crate) fn of<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, Self>> {
        Ok(class.getattr("__spec__")?.cast_into::<Self>()?)
    }

    /// An object of the class with this JSON object in it.
    pub(crate) fn instance<'py>(spec: &Bound<'py, Self>, json: Bytes) -> PyResult<Bound<'py, PyAny>> {
        Self::instance_of(spec.get().class.bind(spec.py()), spec, json)
    }

    /// An object of a class that was made from the specification's.
    fn instance_of<'py>(
        class: &Bound<'py, PyType>,
        spec: &Bound<'py, Self>,
        json: Bytes,
    ) -> PyResult<Bound<'py, PyAny>> {
        // The class is one of Python's, made through its own constructor; what it holds takes this way past it.
        SEED.with(|seed| *seed.borrow_mut() = Some(Seed { json, spec: spec.clone().unbind() }));
        let made = class.call0();
        // Should the class have failed before it took it, it is not the next object's.
        SEED.with(|seed| seed.borrow_mut().take());
        made
    }

    fn read(class: &Bound<'_, PyType>, written: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut fields = Vec::new();
        let mut names = Names::default();
        let mut has_secrets = false;
        for field in written.try_iter()? {
            type Written<'py> =
                (String, String, Bound<'py, PyAny>, bool, Bound<'py, PyAny>, Option<String>, Option<String>);
            let (name, json_name, ty, nullable, default, sensitive, key): Written<'_> = field?.extract()?;
            let ty = Type::read(&ty)?;
            has_secrets |= holds_secrets(class.py(), &ty);
            let (default, json_default) = match ty.empty(class.py())? {
                Some((empty, json)) if !default.is_none() && default.len()? == 0 => {
                    (empty.unbind(), Bytes::from_static(json))
                }
                _ => {
                    let json = arguments::exact(&default)?.into();
                    (default.unbind(), json)
                }
            };
            names.push(&json_name);
            let interned = PyString::intern(class.py(), &name).unbind();
            fields.push(FieldSpec {
                name,
                interned,
                json_name,
                ty,
                nullable,
                default,
                json_default,
                sensitive,
                key,
            });
        }
        Ok(Self { class: class.clone().unbind(), fields, names, has_secrets })
    }
}

impl FieldSpec {
    /// Whether the default stands in place of this value, or of none.
    fn is_left_out(&self, json: &[u8]) -> bool {
        json.is_empty() || (!self.nullable && json == b"null")
    }

    /// The value of this field in a table, of the value in an object.
    pub(crate) fn or_default<'a>(&'a self, json: Option<&'a [u8]>) -> &'a [u8] {
        json.filter(|json| !self.is_left_out(json)).unwrap_or(&self.json_default)
    }
}

fn holds_secrets(py: Python<'_>, ty: &Type) -> bool {
    match ty {
        Type::Secret => true,
        Type::Model(spec) => spec.bind(py).get().has_secrets,
        Type::List(inner) | Type::Map(inner) => holds_secrets(py, inner),
        _ => false,
    }
}

/// Finds the secrets in a part of a text, in their order: where each stands, and what may be shown of it.
fn secrets(py: Python<'_>, ty: &Type, part: Part<'_>, found: &mut Vec<(Range<usize>, String)>) -> Option<()> {
    if !holds_secrets(py, ty) {
        return Some(());
    }
    // Places within a part are counted from its start.
    fn within<'a>(outer: Part<'_>, inner: Part<'a>) -> Part<'a> {
        Part { start: outer.start + inner.start, ..inner }
    }
    match (ty, part.json.first()) {
        (Type::Secret, Some(b'"')) => {
            let secret = json::text(part.json).unwrap_or_default();
            let secret = String::from_utf8_lossy(&secret).into_owned();
            let shown = Value::from(Secret::from(secret).to_string()).to_string();
            found.push((part.start..part.start + part.json.len(), shown));
        }
        (Type::Model(spec), Some(b'{')) => {
            let spec = spec.bind(py).get();
            json::each_member(part.json, &spec.names, |name, inner| {
                if let Name::Expected(index) = name {
                    let _ = secrets(py, &spec.fields[index].ty, within(part, inner), found);
                }
            })?;
        }
        (Type::List(element), Some(b'[')) => {
            json::each_element(part.json, |inner| {
                let _ = secrets(py, element, within(part, inner), found);
            })?;
        }
        (Type::Map(member), Some(b'{')) => {
            json::each_member(part.json, &Names::default(), |_, inner| {
                let _ = secrets(py, member, within(part, inner), found);
            })?;
        }
        _ => {}
    }
    Some(())
}

struct Seed {
    json: Bytes,
    spec: Py<Spec>,
}

thread_local! {
    /// What the next object of this thread is made of.
    static SEED: RefCell<Option<Seed>> = const { RefCell::new(None) };
}

/// A field of a class of rows: the descriptor that gives its value.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct Field {
    spec: Py<Spec>,
    index: usize,
}

impl Field {
    fn read_only(&self) -> PyErr {
        PyAttributeError::new_err(format!(
            "{} is as the service sent it, and can't be changed",
            self.about().name
        ))
    }

    fn about(&self) -> &FieldSpec {
        &self.spec.get().fields[self.index]
    }
}

#[pymethods]
impl Field {
    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: Option<&Bound<'py, PyAny>>,
        _owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match instance {
            None => Ok(slf.clone().into_any()),
            Some(instance) => instance.cast::<Model>()?.get().field(slf.py(), slf.get().index),
        }
    }

    fn __set__(
        slf: &Bound<'_, Self>,
        _instance: &Bound<'_, PyAny>,
        _value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        Err(slf.get().read_only())
    }

    fn __delete__(slf: &Bound<'_, Self>, _instance: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(slf.get().read_only())
    }

    /// The attribute's name.
    #[getter]
    fn name(&self) -> &str {
        &self.about().name
    }

    /// The name in the service's JSON.
    #[getter]
    fn json_name(&self) -> &str {
        &self.about().json_name
    }

    /// `"secret"`, `"personal"` or `None`: how carefully its value is shown.
    #[getter]
    fn sensitive(&self) -> Option<&str> {
        self.about().sensitive.as_deref()
    }

    fn __repr__(&self) -> String {
        format!("<field {}>", self.about().name)
    }
}

/// What the service answered, or one row of it.
///
/// Attributes are the fields of the document, read-only. Objects are compared by what they hold, can be hashed, copied
/// and pickled. Fields that this version doesn't know are in `extra`.
#[pyclass(frozen, subclass, module = "devin_v2._native")]
pub(crate) struct Model {
    json: Bytes,
    spec: Py<Spec>,
    read: OnceLock<Read>,
}

/// Where the members of an object stand in its JSON.
struct Read {
    fields: Box<[Place]>,
    extra: Box<[(Box<[u8]>, Place)]>,
}

/// A part of the JSON; an empty one is of a member that isn't there, for no JSON value is that short.
#[derive(Clone, Copy, Default)]
struct Place {
    start: u32,
    /// With [`Place::PLAIN`].
    length: u32,
}

impl Place {
    /// Set in the length of a string without escapes.
    const PLAIN: u32 = 1 << 31;

    /// Of a part that ends before `PLAIN`.
    fn of(part: Part<'_>) -> Self {
        let plain = if part.plain { Self::PLAIN } else { 0 };
        Self { start: part.start as u32, length: part.json.len() as u32 | plain }
    }

    fn within(self, json: &[u8]) -> Part<'_> {
        let (start, length) = (self.start as usize, (self.length & !Self::PLAIN) as usize);
        let json = json.get(start..start + length).unwrap_or_default();
        Part { start, json, plain: self.length & Self::PLAIN != 0 }
    }
}

impl Model {
    pub(crate) fn json(&self) -> &Bytes {
        &self.json
    }

    pub(crate) fn spec(&self) -> &Py<Spec> {
        &self.spec
    }

    /// What was sent, as JSON that can be sent back.
    pub(crate) fn value(&self) -> PyResult<Value> {
        // It would be rounded.
        let is_too_long = |json: &[u8]| {
            json::is_integer(json)
                && value::number::<i64>(json).is_none()
                && value::number::<u64>(json).is_none()
        };
        if Tokens::of(&self.json).any(|token| matches!(token, Token::Scalar(part) if is_too_long(part.json)))
        {
            return Err(PyValueError::new_err("holds an integer of more than 64 bits"));
        }
        serde_json::from_slice(&self.json).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn read(&self) -> PyResult<&Read> {
        if let Some(read) = self.read.get() {
            return Ok(read);
        }
        let spec = self.spec.get();
        if self.json.len() >= Place::PLAIN as usize {
            return Err(PyValueError::new_err("a single row of 2 GiB or more can't be read"));
        }
        let mut fields = vec![Place::default(); spec.fields.len()].into_boxed_slice();
        let mut extra = Vec::new();
        let end = json::each_member(&self.json, &spec.names, |name, part| match name {
            Name::Expected(index) => fields[index] = Place::of(part),
            Name::Other(name) => extra.push((name.into(), Place::of(part))),
        });
        end.ok_or_else(value::broken)?;
        Ok(self.read.get_or_init(|| Read { fields, extra: extra.into() }))
    }

    fn field<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyAny>> {
        let part = self.read()?.fields[index].within(&self.json);
        let about = &self.spec.get().fields[index];
        if about.is_left_out(part.json) {
            return Ok(about.default.bind(py).clone());
        }
        about.ty.convert_part(py, &self.json, part)
    }

    /// The JSON with secrets replaced by what may be shown of them.
    fn redacted(&self, py: Python<'_>) -> PyResult<Bytes> {
        let spec = self.spec.get();
        if !spec.has_secrets {
            return Ok(self.json.clone());
        }
        let mut found = Vec::new();
        let ty = Type::Model(self.spec.clone_ref(py));
        secrets(py, &ty, Part::all(&self.json), &mut found).ok_or_else(value::broken)?;
        let mut redacted = Vec::with_capacity(self.json.len());
        let mut at = 0;
        for (place, shown) in found {
            redacted.extend_from_slice(&self.json[at..place.start]);
            redacted.extend_from_slice(shown.as_bytes());
            at = place.end;
        }
        redacted.extend_from_slice(&self.json[at..]);
        Ok(redacted.into())
    }

    /// The same bytes for objects that hold the same.
    fn canonical(&self) -> PyResult<Vec<u8>> {
        json::canonical(&self.json).ok_or_else(value::broken)
    }
}

#[pymethods]
impl Model {
    #[new]
    fn new() -> PyResult<Self> {
        let seed = SEED.with(|seed| seed.borrow_mut().take());
        let Some(Seed { json, spec }) = seed else {
            return Err(PyTypeError::new_err("such objects come from the service; make one with from_dict"));
        };
        Ok(Self { json, spec, read: OnceLock::new() })
    }

    #[classmethod]
    fn __init_subclass__(class: &Bound<'_, PyType>) -> PyResult<()> {
        let py = class.py();
        let written = class.getattr("__dict__")?.call_method1("get", ("_spec",))?;
        if written.is_none() {
            return Ok(());
        }
        let spec = Bound::new(py, Spec::read(class, &written)?)?;
        let mut fields = Vec::new();
        for (index, about) in spec.get().fields.iter().enumerate() {
            let field = Bound::new(py, Field { spec: spec.clone().unbind(), index })?;
            class.setattr(about.name.as_str(), &field)?;
            fields.push(field);
        }
        class.setattr("__fields__", PyTuple::new(py, fields)?)?;
        class.setattr("__spec__", spec)
    }

    /// An object of this class from a `dict` as `to_dict()` gives it. What it holds is taken as it is.
    #[classmethod]
    fn from_dict<'py>(
        class: &Bound<'py, PyType>,
        members: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let json = arguments::exact(members)?;
        if json.first() != Some(&b'{') {
            return Err(PyTypeError::new_err("a mapping with the names of fields as keys is needed"));
        }
        Spec::instance_of(class, &Spec::of(class)?, json.into())
    }

    /// An object of this class from the text of a JSON object.
    #[classmethod]
    fn from_json<'py>(class: &Bound<'py, PyType>, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let bytes = match text.cast::<PyString>() {
            Ok(text) => text.to_str()?.as_bytes().to_vec(),
            Err(_) => text.cast::<PyBytes>()?.as_bytes().to_vec(),
        };
        // Read once, since what reads it later expects that it is JSON; nothing is made of it, so that its depth is no
        // matter.
        let object = serde_json::from_slice::<&RawValue>(&bytes)
            .map_err(|error| PyValueError::new_err(format!("not a JSON object: {error}")))?;
        if !object.get().starts_with('{') {
            return Err(PyValueError::new_err("not a JSON object"));
        }
        let object = Bytes::copy_from_slice(object.get().as_bytes());
        Spec::instance_of(class, &Spec::of(class)?, object)
    }

    /// Everything that came, unknown fields too, as plain values (times stay text). Secrets are redacted.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value::any(py, Part::all(&self.redacted(py)?))
    }

    /// Everything that came as the text of a JSON object. Secrets are redacted.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        Ok(String::from_utf8_lossy(&self.redacted(py)?).into_owned())
    }

    /// The fields that this version of the package doesn't know, as plain values.
    #[getter]
    fn extra<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let extra = PyDict::new(py);
        for (name, place) in &self.read()?.extra {
            extra.set_item(value::string(py, name)?, value::any(py, place.within(&self.json))?)?;
        }
        Ok(extra)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let (py, model) = (slf.py(), slf.get());
        let mut parts = Vec::new();
        for (index, about) in model.spec.get().fields.iter().enumerate() {
            let value = model.field(py, index)?;
            let shown = match about.sensitive.as_deref() {
                Some("personal") if !value.is_none() => "<personal>".to_owned(),
                _ => match value.repr() {
                    Ok(shown) => shown.to_string(),
                    Err(error) if error.is_instance_of::<PyRecursionError>(py) => {
                        "<deeply nested>".to_owned()
                    }
                    Err(error) => return Err(error),
                },
            };
            parts.push(format!("{}={shown}", about.name));
        }
        // Of several with one name, the last counts.
        let extra = model.read()?.extra.iter().map(|(name, _)| name).collect::<HashSet<_>>().len();
        if extra > 0 {
            parts.push(format!("extra=<{extra} field{}>", if extra == 1 { "" } else { "s" }));
        }
        Ok(format!("{}({})", slf.get_type().name()?, parts.join(", ")))
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let Some(other) = other.cast::<Self>().ok().filter(|other| other.get_type().is(slf.get_type()))
        else {
            return Ok(py.NotImplemented());
        };
        let (a, b) = (slf.get(), other.get());
        let same = a.json == b.json || a.canonical()? == b.canonical()?;
        Ok(same.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __hash__(&self) -> PyResult<u64> {
        let mut hasher = DefaultHasher::new();
        self.canonical()?.hash(&mut hasher);
        Ok(hasher.finish())
    }

    fn __copy__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }

    fn __deepcopy__<'py>(slf: &Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf.clone()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let py = slf.py();
        let json = slf.get().redacted(py)?;
        Ok((slf.get_type().getattr("from_json")?, (PyBytes::new(py, &json),)))
    }

    /// Attributes that are fields; it spares them the search through classes and descriptors that `object` goes for.
    fn __getattribute__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, model) = (slf.py(), slf.get());
        let spec = model.spec.get();
        // A class made from this one may have other attributes of the same names.
        if slf.get_type().is(&spec.class)
            && let Some(index) = spec.fields.iter().position(|field| field.interned.is(name))
        {
            return model.field(py, index);
        }
        static OTHERS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let others = OTHERS.get_or_try_init(py, || {
            PyResult::Ok(py.get_type::<PyAny>().getattr("__getattribute__")?.unbind())
        })?;
        others.bind(py).call1((slf, name))
    }

    fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<()> {
        let hint = match slf.get().read()?.extra.iter().any(|(extra, _)| **extra == *name.as_bytes()) {
            true => format!("; the service sent it all the same: see extra[{name:?}]"),
            false => String::new(),
        };
        Err(PyAttributeError::new_err(format!("{} has no field {name}{hint}", slf.get_type().name()?)))
    }
}
