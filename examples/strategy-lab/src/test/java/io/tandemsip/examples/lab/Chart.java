package io.tandemsip.examples.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

/** Draws figures, one panel for each, as PNG. */
final class Chart {
    private static final int WIDTH = 1_000;
    private static final int HEIGHT = 300;
    private static final int TURNED_DEGREES = 20;

    private Chart() {}

    static void write(List<Figures> figures, Path png) throws IOException {
        List<CategoryChart> panels = List.of(
                panel("Spread of calls per weight, %", figures, Figures::spreadPercent),
                panel("Busiest node, times its share", figures, Figures::busiest),
                panel("Failovers, of 1,000 calls", figures, Figures::failoversPerThousand),
                panel("Slow set-ups, of 1,000 calls", figures, Figures::slowPerThousand));
        BitmapEncoder.saveBitmap(
                new ArrayList<>(panels), panels.size(), 1, png.toString(), BitmapEncoder.BitmapFormat.PNG);
    }

    private static CategoryChart panel(String title, List<Figures> figures, ToDoubleFunction<Figures> figure) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .build();
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setXAxisLabelRotation(TURNED_DEGREES);
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setDecimalPattern("#.##");
        chart.addSeries(
                title,
                figures.stream().map(Figures::strategy).toList(),
                figures.stream().map(figure::applyAsDouble).toList());
        return chart;
    }
}
