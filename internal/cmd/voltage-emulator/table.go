package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// table has rows of cells and a heading.
type table struct {
	columns []column
	rows    [][]string
}

// column is a column of a table.
type column struct {
	heading string
	right   bool // aligned to the right, for numbers
}

// add adds a row. Cells can contain text of other people, which must not move the cursor of a terminal.
func (t *table) add(cells ...string) {
	for i := range cells {
		cells[i] = printable(cells[i])
	}
	t.rows = append(t.rows, cells)
}

// printable replaces each character that cannot be shown with a mark.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// print prints the heading and the rows.
func (t *table) print(to io.Writer) error {
	heading := make([]string, len(t.columns))
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		heading[i] = c.heading
	}
	lines := append([][]string{heading}, t.rows...)
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var text strings.Builder
	for _, line := range lines {
		var row strings.Builder
		for i, cell := range line {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.columns[i].right {
				row.WriteString(padding + cell + "  ")
			} else {
				row.WriteString(cell + padding + "  ")
			}
		}
		text.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	_, err := fmt.Fprint(to, text.String())
	return err
}
