//! A state as it is kept: in types of their own, so that what the core thinks in may change while what was written stays
//! readable. One module a form; a form takes over from the one before whatever it did not change.
//!
//! A form that a release has written never changes again.

/// A struct of a form and the core's struct of the same fields, each made from the other: fields that are the same in both, then
/// those that are made from each other, then such of which there may be none.
macro_rules! mirrored {
    ($form:ident = $object:path { $($same:ident),*; $($made:ident),*; $($maybe:ident),* }) => {
        impl From<$object> for $form {
            fn from(object: $object) -> Self {
                let $object { $($same,)* $($made,)* $($maybe,)* } = object;
                Self { $($same,)* $($made: $made.into(),)* $($maybe: $maybe.map(Into::into),)* }
            }
        }

        impl From<$form> for $object {
            fn from(form: $form) -> Self {
                let $form { $($same,)* $($made,)* $($maybe,)* } = form;
                Self { $($same,)* $($made: $made.into(),)* $($maybe: $maybe.map(Into::into),)* }
            }
        }
    };
}

/// An enum of a form and the core's of the same variants and fields, each made from the other; of a variant's fields one, behind a
/// semicolon, may be of such a type itself, and what a variant holds in brackets always is, or is the same in both.
macro_rules! mirrored_enum {
    ($form:ident = $($object:ident)::+ { $($variant:ident $({ $($same:ident),* $(; $made:ident)? })? $(($inner:ident))?),* }) => {
        impl From<$($object)::+> for $form {
            fn from(object: $($object)::+) -> Self {
                use $($object)::+ as Object;
                match object {
                    $(Object::$variant $({ $($same,)* $($made)? })? $(($inner))? => {
                        Self::$variant $({ $($same,)* $($made: $made.into())? })? $(($inner.into()))?
                    })*
                }
            }
        }

        impl From<$form> for $($object)::+ {
            fn from(form: $form) -> Self {
                match form {
                    $($form::$variant $({ $($same,)* $($made)? })? $(($inner))? => {
                        Self::$variant $({ $($same,)* $($made: $made.into())? })? $(($inner.into()))?
                    })*
                }
            }
        }
    };
}

pub(crate) mod order;
pub(crate) mod v1;
pub(crate) mod v2;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::state::State;

/// A state in the form of the first releases, whose journals say schema 1.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct FirstForm(v1::State);

impl From<FirstForm> for State {
    fn from(FirstForm(kept): FirstForm) -> Self {
        v2::State::from(kept).into()
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        v2::State::from(self).serialize(to)
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        v2::State::deserialize(from).map(Self::from)
    }
}

/// The same map, with its values made into those of another form.
fn values<K: Ord, V: Into<W>, W>(map: BTreeMap<K, V>) -> BTreeMap<K, W> {
    map.into_iter().map(|(key, value)| (key, value.into())).collect()
}

/// The same of a map that stays.
fn copied<K: Ord + Clone, V: Clone + Into<W>, W>(map: &BTreeMap<K, V>) -> BTreeMap<K, W> {
    map.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect()
}
