//! Who sends what, from the operations down.

use crate::arena::{Directions, Id};
use crate::model::{MediaType, Model, Parameter, PathItem};
use crate::schema::{Edge, Schema};

/// What is still to be marked.
#[derive(Default)]
struct Marks<'d> {
    items: Vec<(Id<PathItem<'d>>, Directions)>,
    parameters: Vec<(Id<Parameter<'d>>, Directions)>,
    media_types: Vec<(Id<MediaType<'d>>, Directions)>,
    schemas: Vec<(Id<Schema<'d>>, Directions)>,
}

/// Marks every node that operations lead to with the directions in which it goes.
pub(crate) fn mark(model: &mut Model<'_>) {
    let mut marks = Marks::default();
    if let Some(root) = model.documents.0.first() {
        let all = |list: &[(&str, Id<_>)], sent| {
            list.iter().map(|(_, id)| (*id, sent)).collect::<Vec<_>>()
        };
        marks.items = all(&root.said.paths, Directions::SENT);
        // What a webhook sends, a client receives.
        marks
            .items
            .extend(all(&root.said.webhooks, Directions::RECEIVED));
    }
    while let Some((id, sent)) = marks.items.pop() {
        let node = &mut model.items.0[id.index()];
        if !node.directions.add(sent) {
            continue;
        }
        marks
            .items
            .extend(node.said.target.map(|target| (target, sent)));
        marks
            .parameters
            .extend(node.said.parameters.iter().map(|id| (*id, sent)));
        for (_, id) in &node.said.operations {
            let operation = &mut model.operations.0[id.index()];
            operation.directions.add(sent);
            let said = &operation.said;
            marks
                .parameters
                .extend(said.parameters.iter().map(|id| (*id, sent)));
            if let Some(body) = said.body {
                let body = &mut model.bodies.0[body.index()];
                body.directions.add(sent);
                marks
                    .media_types
                    .extend(body.said.content.iter().map(|(_, id)| (*id, sent)));
            }
            let back = sent.reversed();
            for (_, answer) in &said.answers {
                let answer = &mut model.answers.0[answer.index()];
                answer.directions.add(back);
                let (headers, content) = (&answer.said.headers, &answer.said.content);
                marks
                    .parameters
                    .extend(headers.iter().map(|(_, id)| (*id, back)));
                marks
                    .media_types
                    .extend(content.iter().map(|(_, id)| (*id, back)));
            }
            for (_, callback) in &said.callbacks {
                let callback = &mut model.callbacks.0[callback.index()];
                callback.directions.add(back);
                marks
                    .items
                    .extend(callback.said.items.iter().map(|(_, id)| (*id, back)));
            }
        }
    }
    while let Some((id, sent)) = marks.parameters.pop() {
        let node = &mut model.parameters.0[id.index()];
        if node.directions.add(sent) {
            let content = node.said.content.iter().flatten();
            marks.media_types.extend(content.map(|(_, id)| (*id, sent)));
            marks.schemas.extend(node.said.schema.map(|id| (id, sent)));
        }
    }
    while let Some((id, sent)) = marks.media_types.pop() {
        let node = &mut model.media_types.0[id.index()];
        if node.directions.add(sent) {
            let schemas = node.said.schema.into_iter().chain(node.said.item);
            marks.schemas.extend(schemas.map(|id| (id, sent)));
            for (_, encoding) in &node.said.encoding {
                let encoding = &mut model.encodings.0[encoding.index()];
                encoding.directions.add(sent);
            }
        }
    }
    mark_schemas(model, marks.schemas);
}

fn mark_schemas<'d>(model: &mut Model<'d>, mut marks: Vec<(Id<Schema<'d>>, Directions)>) {
    while let Some((id, sent)) = marks.pop() {
        let node = &mut model.schemas.0[id.index()];
        if !node.directions.add(sent) {
            continue;
        }
        let children: Vec<_> = node.said.children().collect();
        for (edge, child) in children {
            let said = &model.schemas.0[child.index()].said;
            let mut goes = sent;
            if matches!(edge, Edge::Property(_)) {
                goes.sent &= !said.read_only;
                goes.received &= !said.write_only;
            }
            if goes != Directions::default() {
                marks.push((child, goes));
            }
        }
    }
}
