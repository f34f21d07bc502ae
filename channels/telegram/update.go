package telegram

import "encoding/json"

// The Bot API's objects, as far as they are read (https://core.telegram.org/bots/api#available-types).

type update struct {
	ID       int64           `json:"update_id"`
	Message  *message        `json:"message"`
	Edited   *message        `json:"edited_message"`
	Callback *callback       `json:"callback_query"`
	Member   *memberChange   `json:"my_chat_member"`
	raw      json.RawMessage // what could not be read
}

// allowed are the kinds of update that are asked for. Blocks are told only if my_chat_member is among them.
const allowed = `["message","edited_message","callback_query","my_chat_member"]`

type user struct {
	ID       int64  `json:"id"`
	Bot      bool   `json:"is_bot"`
	First    string `json:"first_name"`
	Username string `json:"username"`
	Lang     string `json:"language_code"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

type message struct {
	ID       int64    `json:"message_id"`
	Topic    int64    `json:"message_thread_id"`
	InTopic  bool     `json:"is_topic_message"`
	From     *user    `json:"from"`
	Chat     chat     `json:"chat"`
	Date     int64    `json:"date"`
	EditDate int64    `json:"edit_date"`
	Reply    *message `json:"reply_to_message"`
	Text     string   `json:"text"`
	Entities []entity `json:"entities"`

	Caption         string   `json:"caption"`
	CaptionEntities []entity `json:"caption_entities"`

	Location  *location  `json:"location"`
	Venue     *venue     `json:"venue"`
	Contact   *contact   `json:"contact"`
	Document  *file      `json:"document"`
	Audio     *file      `json:"audio"`
	Video     *file      `json:"video"`
	VideoNote *file      `json:"video_note"`
	Voice     *file      `json:"voice"`
	Animation *file      `json:"animation"`
	Photo     []file     `json:"photo"`
	Sticker   *stickerOf `json:"sticker"`

	MigrateTo int64 `json:"migrate_to_chat_id"`

	// Service messages of a private chat, which say nothing.
	Pinned      json.RawMessage `json:"pinned_message"`
	AutoDelete  json.RawMessage `json:"message_auto_delete_timer_changed"`
	WriteAccess json.RawMessage `json:"write_access_allowed"`
	Background  json.RawMessage `json:"chat_background_set"`
}

type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"` // UTF-16 units
	Length int    `json:"length"`
	User   *user  `json:"user"`
}

type location struct {
	Lat *float64 `json:"latitude"`
	Lon *float64 `json:"longitude"`
}

type venue struct {
	Title string `json:"title"`
}

type contact struct {
	First string `json:"first_name"`
	User  int64  `json:"user_id"`
}

type file struct {
	Name string `json:"file_name"`
	Type string `json:"mime_type"`
	Size int64  `json:"file_size"`
}

type stickerOf struct {
	Emoji string `json:"emoji"`
}

type callback struct {
	ID      string   `json:"id"`
	From    user     `json:"from"`
	Message *message `json:"message"`
	Data    string   `json:"data"`
}

type memberChange struct {
	Chat chat   `json:"chat"`
	From user   `json:"from"`
	Date int64  `json:"date"`
	Old  member `json:"old_chat_member"`
	New  member `json:"new_chat_member"`
}

type member struct {
	Status string `json:"status"`
	Member bool   `json:"is_member"` // of the restricted
}

func (m member) in() bool {
	switch m.Status {
	case "creator", "administrator", "member":
		return true
	case "restricted":
		return m.Member
	}
	return false
}

// parseUpdate reads one update. An update whose body is not what it should be keeps its id, so that it can be
// skipped; without an id it is an error.
func parseUpdate(raw []byte) (update, error) {
	var u update
	err := json.Unmarshal(raw, &u)
	if err == nil {
		return u, nil
	}
	var id struct {
		ID *int64 `json:"update_id"`
	}
	if json.Unmarshal(raw, &id) == nil && id.ID != nil {
		return update{ID: *id.ID, raw: raw}, nil
	}
	return update{}, errUnreadable
}
