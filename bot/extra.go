package bot

import (
	"encoding/json"
	"fmt"

	"ehrenamt/storage"
)

// Keys of what is noted about a person beside the fields that everything knows.
const lastCarrier = "last_carrier" // organisation last written for, flows.Privately for nobody's

// noted reads what was noted about a person under key into v; v stays as it is where nothing was.
func noted(p *storage.Person, key string, v any) error {
	all := map[string]json.RawMessage{}
	if len(p.Extra) > 0 {
		if err := json.Unmarshal(p.Extra, &all); err != nil {
			return fmt.Errorf("extra: %w", err)
		}
	}
	if raw, ok := all[key]; ok {
		if err := json.Unmarshal(raw, v); err != nil {
			return fmt.Errorf("extra %s: %w", key, err)
		}
	}
	return nil
}

// note notes v about a person under key; the person is not saved. It tells whether anything changed.
func note(p *storage.Person, key string, v any) (bool, error) {
	all := map[string]json.RawMessage{}
	if len(p.Extra) > 0 {
		if err := json.Unmarshal(p.Extra, &all); err != nil {
			return false, fmt.Errorf("extra: %w", err)
		}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return false, fmt.Errorf("extra %s: %w", key, err)
	}
	if string(all[key]) == string(raw) {
		return false, nil
	}
	all[key] = raw
	p.Extra, err = json.Marshal(all)
	return true, err
}
