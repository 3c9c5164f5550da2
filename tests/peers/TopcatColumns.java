// What TOPCAT's own windows show of tables: the columns of each and its parameters.
// Arguments: files. Prints a line for each cell: file, window, row, header, text, between tabs.
// Needs a display, which Xvfb may be.
import java.awt.Component;
import java.awt.Container;
import java.awt.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.swing.JFrame;
import javax.swing.JList;
import javax.swing.JMenuItem;
import javax.swing.JTable;
import javax.swing.MenuElement;
import javax.swing.SwingUtilities;

public class TopcatColumns {
  public static void main(String[] files) {
    try {
      show(files);
      System.exit(0);
    } catch (Throwable error) {
      error.printStackTrace();
      System.exit(1);
    }
  }

  static void show(String[] files) throws Exception {
    uk.ac.starlink.topcat.Driver.main(files);
    // TOPCAT loads one file after the other, in a thread of its own.
    final JFrame control = waitFor(() -> frame("TOPCAT"), frame -> frame != null);
    final JList<?> tables =
        waitFor(() -> find(control, JList.class), list -> list.getModel().getSize() == files.length);
    for (int k = 0; k < files.length; ++k) {
      final int selected = k;
      SwingUtilities.invokeAndWait(() -> tables.setSelectedIndex(selected));
      for (String window : new String[] {"Table Columns", "Table Parameters"}) {
        final String title = "TOPCAT(" + (k + 1) + "): " + window;
        final String item = window.equals("Table Columns") ? "Column Info" : "Table Parameters";
        SwingUtilities.invokeAndWait(() -> menuItem(control.getJMenuBar(), item).doClick());
        final JFrame shown = waitFor(() -> frame(title), frame -> frame != null);
        SwingUtilities.invokeAndWait(() -> print(files[selected], window, find(shown, JTable.class)));
      }
    }
  }

  static void print(String file, String window, JTable table) {
    for (int row = 0; row < table.getRowCount(); ++row)
      for (int column = 0; column < table.getColumnCount(); ++column) {
        final Object value = table.getValueAt(row, column);
        if (value == null) continue;
        final String text = value.toString().replaceAll("\\s+", " ");
        System.out.println(String.join("\t", file, window, String.valueOf(row),
                                       table.getColumnName(column), text));
      }
  }

  static <T> T waitFor(Supplier<T> look, Predicate<T> good) throws Exception {
    final long end = System.currentTimeMillis() + 60_000;
    while (true) {
      final List<T> found = new ArrayList<>();
      SwingUtilities.invokeAndWait(() -> found.add(look.get()));
      if (good.test(found.get(0))) return found.get(0);
      if (System.currentTimeMillis() > end) throw new Exception("TOPCAT shows no such thing");
      Thread.sleep(50);
    }
  }

  static JFrame frame(String title) {
    for (Window window : Window.getWindows())
      if (window instanceof JFrame && window.isShowing() && title.equals(((JFrame) window).getTitle()))
        return (JFrame) window;
    return null;
  }

  static <T> T find(Container parent, Class<T> type) {
    for (Component child : parent.getComponents()) {
      if (type.isInstance(child)) return type.cast(child);
      if (!(child instanceof Container)) continue;
      final T found = find((Container) child, type);
      if (found != null) return found;
    }
    return null;
  }

  static JMenuItem menuItem(MenuElement parent, String text) {
    for (MenuElement child : parent.getSubElements()) {
      if (child instanceof JMenuItem && text.equals(((JMenuItem) child).getText()))
        return (JMenuItem) child;
      final JMenuItem found = menuItem(child, text);
      if (found != null) return found;
    }
    return null;
  }
}
