//! The times as a picture.

use std::path::Path;

use plotters::prelude::{
    ChartBuilder, Color as _, IntoDrawingArea as _, IntoLogRange as _, LineSeries, RGBColor,
    SVGBackend, WHITE,
};

/// Draws seconds against rows, both by powers of ten.
pub(crate) fn draw(path: &Path, lines: &[(&str, Vec<(f64, f64)>)]) {
    let colours = [RGBColor(0x1f, 0x4e, 0x9c), RGBColor(0xb0, 0x3a, 0x2e)];
    let root = SVGBackend::new(path, (640, 400)).into_drawing_area();
    root.fill(&WHITE).unwrap();
    let mut chart = ChartBuilder::on(&root)
        .margin(12)
        .margin_right(36)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(
            (100.0..1e6_f64).log_scale(),
            (0.001..1000.0_f64).log_scale(),
        )
        .unwrap();
    chart
        .configure_mesh()
        .x_desc("rows of the file")
        .y_desc("seconds")
        .x_label_formatter(&ToString::to_string)
        .y_label_formatter(&ToString::to_string)
        .draw()
        .unwrap();
    for ((name, points), colour) in lines.iter().zip(colours) {
        let series = LineSeries::new(points.iter().copied(), colour.stroke_width(2));
        chart
            .draw_series(series.point_size(3))
            .unwrap()
            .label(*name)
            .legend(move |(x, y)| {
                plotters::element::PathElement::new([(x, y), (x + 16, y)], colour)
            });
    }
    chart
        .configure_series_labels()
        .background_style(WHITE)
        .draw()
        .unwrap();
    root.present().unwrap();
}
