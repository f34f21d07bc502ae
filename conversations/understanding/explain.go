package understanding

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// Explain writes what a request was read as: the spans of the text with field, rule and confidence, the
// doubts, and the prediction.
func Explain(w io.Writer, req Request, r *Reader) error {
	x := r.Read(req)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "intent\t%s\t%.2f\n", x.Intent, x.IntentConfidence)
	fmt.Fprintf(tw, "language\t%s\tplain=%v\n", x.Lang, x.Plain)
	fmt.Fprintf(tw, "\nspan\tfield\tvalue\trule\tconfidence\twords\n")
	slices.SortStableFunc(x.Found, func(a, b Found) int { return a.From - b.From })
	for _, f := range x.Found {
		words, span := "", "-"
		if f.From >= 0 && f.To <= len(req.Text) {
			words, span = req.Text[f.From:f.To], fmt.Sprintf("%d-%d", f.From, f.To)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%.2f\t%q\n", span, f.Field, f.Value, f.Rule, f.Confidence, words)
	}
	for _, d := range x.Doubts {
		fmt.Fprintf(tw, "doubt\t%s\t%s\t%q\n", d.Field, d.Kind, d.Text)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("explain: %w", err)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if _, err := fmt.Fprintln(w); err != nil {
		return fmt.Errorf("explain: %w", err)
	}
	if err := enc.Encode(struct {
		Prediction Prediction `json:"prediction"`
		Reading    Reading    `json:"reading"`
	}{PredictionOf("", x), x}); err != nil {
		return fmt.Errorf("explain: %w", err)
	}
	return nil
}
