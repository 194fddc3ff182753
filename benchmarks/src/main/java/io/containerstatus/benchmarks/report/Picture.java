package io.containerstatus.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a chart as SVG, with a background of its own, so that it is legible on light and on dark pages. */
public final class Picture {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 460;
    private static final float LINE = 2.2f;
    /** Colours that colour-blind readers can distinguish, too (Okabe and Ito). */
    private static final Color[] COLORS = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xB8860B),
        new Color(0x56B4E9),
        new Color(0x444444),
        new Color(0xE6AB02)
    };

    private static final Marker[] MARKERS = {
        SeriesMarkers.CIRCLE, SeriesMarkers.DIAMOND, SeriesMarkers.SQUARE, SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.TRIANGLE_DOWN, SeriesMarkers.CROSS, SeriesMarkers.TRAPEZOID, SeriesMarkers.RECTANGLE
    };

    /** More than two decimals of a pixel only add bytes. */
    private static final Pattern DECIMALS = Pattern.compile("(\\.\\d\\d)\\d+");

    private Picture() {}

    /** Writes {@code <folder>/<file>.svg}. */
    public static void write(Chart chart, Path folder) throws IOException {
        XYChart picture = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(chart.title())
                .xAxisTitle(chart.x())
                .yAxisTitle(chart.y())
                .build();
        style(picture.getStyler());
        for (int i = 0; i < chart.lines().size(); i++) {
            Chart.Line line = chart.lines().get(i);
            XYSeries series = picture.addSeries(
                    line.name(),
                    line.points().stream().mapToDouble(Chart.Point::x).toArray(),
                    line.points().stream().mapToDouble(Chart.Point::y).toArray());
            series.setMarker(MARKERS[i % MARKERS.length]);
            series.setLineStyle(new BasicStroke(LINE));
        }
        Path file = folder.resolve(chart.file() + ".svg");
        VectorGraphicsEncoder.saveVectorGraphic(picture, file.toString(), VectorGraphicsFormat.SVG);
        Files.writeString(file, DECIMALS.matcher(Files.readString(file)).replaceAll("$1"));
    }

    private static void style(XYStyler styler) {
        styler.setXAxisLogarithmic(true);
        styler.setYAxisLogarithmic(true);
        // Without an exponent. A formatting function in place of a pattern would draw a linear axis.
        styler.setXAxisDecimalPattern("#,##0.####");
        styler.setYAxisDecimalPattern("#,##0.####");
        styler.setLocale(Locale.ROOT);
        styler.setSeriesColors(COLORS);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderColor(new Color(0xBBBBBB));
        styler.setPlotGridLinesColor(new Color(0xE4E4E4));
        // A solid stroke, because dashes would be drawn one by one.
        styler.setPlotGridLinesStroke(new BasicStroke(0.6f));
        styler.setChartFontColor(new Color(0x222222));
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        styler.setLegendPosition(LegendPosition.OutsideE);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setMarkerSize(8);
        styler.setChartPadding(14);
    }
}
