package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gotoml "github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"
)

// loadText loads a configuration file with the given text, as a command would.
func loadText(t *testing.T, text string, environ []string, args ...string) (settings, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "test.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	addConfigFlags(flags)
	if err := flags.Parse(append([]string{"--config", name}, args...)); err != nil {
		t.Fatal(err)
	}
	return loadConfig(flags, environ)
}

const everything = `
database = "postgres://ehrenamt:geheim1@db.example/ehrenamt"
key = "geheim2"
old_keys = ["geheim3", "geheim4"]
public_url = "https://ehrenamt.example"
[log]
level = "warn"
[telegram.aachen-mitte]
front = "aachen"
token = "1:geheim5"
webhook = true
secret = "geheim6"
[email.main]
front = "dueren"
address = "ehrenamt@dueren.example"
authserv_id = "mx.dueren.example"
imap = { url = "imaps://mail.dueren.example", password = "geheim7" }
smtp = { url = "smtps://mail.dueren.example", user = "post", password = "geheim8" }
[fronts.aachen]
name = "Aachen"
place = "52062"
[fronts.dueren]
languages = ["de"]
register = "sie"
`

func TestWhatIsSetReachesTheProgram(t *testing.T) {
	s, err := loadText(t, everything, nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string][2]string{
		"database":              {s.Database.reveal(), "postgres://ehrenamt:geheim1@db.example/ehrenamt"},
		"key":                   {s.Key.reveal(), "geheim2"},
		"key file":              {s.KeyFile, ""},
		"second old key":        {s.OldKeys[1].reveal(), "geheim4"},
		"listen by default":     {s.Listen, "127.0.0.1:8080"},
		"level":                 {s.Log.Level, "warn"},
		"format by default":     {s.Log.Format, "auto"},
		"token":                 {s.Telegram["aachen-mitte"].Token.reveal(), "1:geheim5"},
		"endpoint by default":   {s.Telegram["aachen-mitte"].Endpoint, "https://api.telegram.org"},
		"IMAP user by default":  {s.Email["main"].IMAP.User, "ehrenamt@dueren.example"},
		"SMTP user":             {s.Email["main"].SMTP.User, "post"},
		"SMTP password":         {s.Email["main"].SMTP.Password.reveal(), "geheim8"},
		"name of Aachen":        {s.Fronts["aachen"].Name, "Aachen"},
		"name by default":       {s.Fronts["dueren"].Name, "dueren"},
		"zone by default":       {s.Fronts["dueren"].Zone, "Europe/Berlin"},
		"register":              {s.Fronts["dueren"].Register, "sie"},
		"languages":             {strings.Join(s.Fronts["dueren"].Languages, " "), "de"},
		"languages by default":  {strings.Join(s.Fronts["aachen"].Languages, " "), "de en"},
		"accounts of Aachen":    {strings.Join(s.accountsOf("aachen"), " "), "telegram:aachen-mitte"},
		"accounts of elsewhere": {strings.Join(s.accountsOf("dueren"), " "), "email:main"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: got %q, want %q", what, got[0], got[1])
		}
	}
}

func TestFlagsBeatEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	file := "listen = \":1\"\ndatabase = \"file.db\"\n[log]\nlevel = \"debug\"\n"
	environ := []string{"EHRENAMT_LISTEN=:2", "EHRENAMT_DATABASE=env.db", "EHRENAMT_PUBLIC_URL="}
	s, err := loadText(t, file, environ, "--listen", ":3")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][2]string{
		"listen": {s.Listen, ":3"}, "database": {s.Database.reveal(), "env.db"},
		"log.level": {s.Log.Level, "debug"}, "log.format": {s.Log.Format, "auto"}, "key_file": {s.KeyFile, "env.db.key"},
	} {
		if want[0] != want[1] {
			t.Errorf("%s: got %q, want %q", key, want[0], want[1])
		}
	}
	if got := s.origins["listen"] + " " + s.origins["database"]; got != "--listen EHRENAMT_DATABASE" {
		t.Errorf("origins: %s", got)
	}
	if _, set := s.origins["public_url"]; set {
		t.Error("an empty variable counts as set")
	}
}

func TestOneBotAndOneMailboxNeedOnlyTheEnvironment(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("\n 42:from-file \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := loadText(t, "", []string{
		"PATH=/bin", "EHRENAMT_SOAK=1", "EHRENAMT_TEST_ANYTHING=1", "EHRENAMT_PORT_8080_TCP_ADDR=10.0.0.1", "EHRENAMT_SERVICE_HOST=10.0.0.1",
		"EHRENAMT_TELEGRAM_TOKEN_FILE=" + token,
		"EHRENAMT_EMAIL_ADDRESS=a@b.example", "EHRENAMT_EMAIL_PLUS_ADDRESSING=True",
		"EHRENAMT_EMAIL_IMAP_URL=imaps://b.example", "EHRENAMT_EMAIL__MAIN__SMTP__URL=smtp://b.example:587",
		"EHRENAMT_FRONTS_PLACE=52062", "EHRENAMT_OLD_KEYS=eins, zwei", "EHRENAMT_LISTEN=off", "EHRENAMT_LOG__LEVEL=error",
	})
	if err != nil {
		t.Fatal(err)
	}
	tg, mail := s.Telegram["main"], s.Email["main"]
	if tg.Token.reveal() != "42:from-file" || tg.Front != "default" {
		t.Errorf("telegram: %q at %q", tg.Token.reveal(), tg.Front)
	}
	if mail.Address != "a@b.example" || !mail.PlusAddressing || mail.IMAP.URL != "imaps://b.example" || mail.SMTP.URL != "smtp://b.example:587" {
		t.Errorf("mail: %+v", mail)
	}
	if s.Fronts["default"].Place != "52062" || len(s.OldKeys) != 2 || s.OldKeys[1].reveal() != "zwei" || s.Listen != "" || s.Log.Level != "error" {
		t.Errorf("rest: %+v", s.config)
	}
}

func TestAVariableMeansTheAccountOfTheFile(t *testing.T) {
	s, err := loadText(t, "[telegram.aachen-mitte]\ntoken = \"1:a\"\n", []string{"EHRENAMT_TELEGRAM__AACHEN_MITTE__TOKEN=2:b", "EHRENAMT_TELEGRAM__BRAND__TOKEN=3:c"})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Telegram["aachen-mitte"].Token.reveal() + " " + s.Telegram["brand"].Token.reveal(); got != "2:b 3:c" || len(s.Telegram) != 2 {
		t.Errorf("tokens: %s", got)
	}
}

func TestWhatIsOffIsNamedWithTheWayToSwitchItOn(t *testing.T) {
	for environ, want := range map[string]string{
		"EHRENAMT_LISTEN=:0":           "telegram email",
		"EHRENAMT_LISTEN=off":          "telegram email web",
		"EHRENAMT_TELEGRAM_TOKEN=1:ab": "email",
	} {
		s, err := loadText(t, "", []string{environ})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, off := range s.switchedOff() {
			got = append(got, off.name)
			variable, _, _ := strings.Cut(strings.ReplaceAll(off.switchOn, ",", " "), " ")
			if !slices.Contains(knownVariables(), variable) {
				t.Errorf("%s: there is no variable %s", off.name, variable)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: off are %q, want %s", environ, got, want)
		}
	}
}

func TestTheKeyOfASystemdCredentialIsFound(t *testing.T) {
	dir := t.TempDir()
	s, err := loadText(t, "", []string{"CREDENTIALS_DIRECTORY=" + dir})
	if err != nil || s.KeyFile != "ehrenamt.db.key" {
		t.Errorf("without one: %q, %v", s.KeyFile, err)
	}
	want := filepath.Join(dir, "ehrenamt.key")
	if err := os.WriteFile(want, []byte("k"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = loadText(t, "", []string{"CREDENTIALS_DIRECTORY=" + dir})
	if err != nil || s.KeyFile != want {
		t.Errorf("with one: %q, %v", s.KeyFile, err)
	}
}

func TestWrongConfigurationGivesOneClearLine(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		environ string
		args    []string
		want    []string
	}{
		"a misspelt key":                  {text: `datbase = "x"`, want: []string{"test.toml: datbase: unknown key; did you mean database?"}},
		"a misspelt key in a table":       {text: "[telegram.main]\ntokn = \"x\"", want: []string{"telegram.main.tokn", "did you mean telegram.main.token?"}},
		"a misspelt table":                {text: "[telegramm.main]\ntoken = \"x\"", want: []string{"telegramm", "did you mean telegram?"}},
		"a key unlike any":                {text: `zzzzzzzzzzzz = 1`, want: []string{"zzzzzzzzzzzz: unknown key"}},
		"a misspelt variable":             {environ: "EHRENAMT_TELEGRAM_TOKN=x", want: []string{"EHRENAMT_TELEGRAM_TOKN: unknown variable; did you mean EHRENAMT_TELEGRAM_TOKEN?"}},
		"a variable's missing file":       {environ: "EHRENAMT_KEY_FILE_FILE=/nowhere/key", want: []string{"EHRENAMT_KEY_FILE_FILE", "/nowhere/key"}},
		"broken TOML":                     {text: "listen = \":1\"\nlog = [", want: []string{"test.toml:2:"}},
		"a number for a text":             {text: `listen = 8080`, want: []string{"listen: wants text in quotes, not a number"}},
		"a text for a switch":             {text: "[email.main]\nplus_addressing = \"yes\"", want: []string{"email.main.plus_addressing: wants true or false"}},
		"a switch that is neither":        {environ: "EHRENAMT_EMAIL_PLUS_ADDRESSING=maybe", want: []string{"EHRENAMT_EMAIL_PLUS_ADDRESSING: email.main.plus_addressing"}},
		"a text for a list":               {text: `old_keys = "x"`, want: []string{"old_keys: wants a list"}},
		"a list of numbers":               {text: `old_keys = [1]`, want: []string{"old_keys: wants a list of texts, not of a number"}},
		"a value for a table":             {text: `telegram = "x"`, want: []string{"telegram: is a table"}},
		"a list of tables":                {text: "[[telegram]]\ntoken = \"x\"", want: []string{"telegram: is a table"}},
		"an account with a bad name":      {text: "[telegram.\"A.b\"]\ntoken = \"x\"", want: []string{`"A.b" cannot be a name`}},
		"a line break in a value":         {text: `database = "a\nb"`, want: []string{"database: contains a line break"}},
		"another database":                {text: `database = "mysql://x"`, want: []string{`database: unknown kind "mysql"`}},
		"a database of keywords":          {text: `database = "host=x dbname=y"`, want: []string{"postgres://user@host/name"}},
		"an unreadable database URL":      {text: `database = "postgres://u:geheim@[x"`, want: []string{"database: is not a readable URL"}},
		"two keys":                        {text: "key = \"geheim\"\nkey_file = \"x\"", want: []string{"key: set key or key_file"}},
		"an address without a port":       {text: `listen = "localhost"`, want: []string{"test.toml: listen:", "host:port"}},
		"a port that is none":             {text: `listen = ":99999"`, want: []string{"listen"}},
		"a level that is none":            {args: []string{"--log-level", "loud"}, want: []string{`--log-level: log.level: "loud" is none of debug, info, warn, error`}},
		"a format that is none":           {text: "[log]\nformat = \"xml\"", want: []string{"log.format"}},
		"a bot without a token":           {text: "[telegram.main]\nfront = \"default\"", want: []string{"test.toml: telegram.main.token: is missing"}},
		"an empty bot":                    {text: "[telegram.main]", want: []string{"telegram.main.token: is missing"}},
		"a token that breaks a path":      {text: "[telegram.main]\ntoken = \"geheim/../x\"", want: []string{"telegram.main.token: does not look like"}},
		"a token without its number":      {text: "[telegram.main]\ntoken = \"geheim\"", want: []string{"telegram.main.token: does not look like a token of @BotFather"}},
		"a token without its letters":     {text: "[telegram.main]\ntoken = \"123456:\"", want: []string{"telegram.main.token: does not look like"}},
		"a token with a word before it":   {text: "[telegram.main]\ntoken = \"bot123456:geheim\"", want: []string{"telegram.main.token: does not look like"}},
		"a front that is not there":       {text: "[fronts.aachen]\n[telegram.main]\ntoken = \"1:a\"\nfront = \"achen\"", want: []string{"telegram.main.front: there is no [fronts.achen]; did you mean aachen?"}},
		"one of two fronts, unsaid":       {text: "[fronts.a]\n[fronts.b]\n[telegram.main]\ntoken = \"1:a\"", want: []string{"telegram.main.front: is missing; say which of a, b"}},
		"a webhook nobody can reach":      {text: "[telegram.main]\ntoken = \"1:a\"\nwebhook = true", want: []string{"telegram.main.webhook: needs public_url"}},
		"a webhook without a secret":      {text: "public_url = \"https://x.example\"\n[telegram.main]\ntoken = \"1:a\"\nwebhook = true", want: []string{"telegram.main.secret"}},
		"a webhook without a server":      {text: "listen = \"\"\npublic_url = \"https://x.example\"\n[telegram.main]\ntoken = \"1:a\"\nsecret = \"x\"\nwebhook = true", want: []string{"needs listen"}},
		"a mailbox without a server":      {text: "[email.main]\naddress = \"a@b.example\"", want: []string{"email.main.imap.url: is missing"}},
		"a mailbox of a bad address":      {text: "[email.main]\naddress = \"nobody\"", want: []string{"email.main.address"}},
		"a password inside a URL":         {text: "[email.main]\naddress = \"a@b.example\"\nimap.url = \"imaps://u:geheim@b.example\"", want: []string{"email.main.imap.url: must not contain"}},
		"a mail server of another kind":   {text: "[email.main]\naddress = \"a@b.example\"\nimap.url = \"pop3://b.example\"", want: []string{"email.main.imap.url", "imaps:// or imap://"}},
		"a zone that is none":             {text: "[fronts.a]\nzone = \"Aachen\"", want: []string{"fronts.a.zone"}},
		"a channel of a bot that is none": {text: "[fronts.a]\nchannel = \"telegram:main:@a\"", want: []string{"fronts.a.channel", "telegram:<bot of this front>:@<channel>"}},
		"a register that is none":         {text: "[fronts.a]\nregister = \"ihr\"", want: []string{"fronts.a.register", "du, sie, leicht"}},
		"a language that is none":         {text: "[fronts.a]\nlanguages = [\"Deutsch!\"]", want: []string{"fronts.a.languages"}},
	} {
		t.Run(name, func(t *testing.T) {
			var environ []string
			if c.environ != "" {
				environ = append(environ, c.environ)
			}
			_, err := loadText(t, c.text, environ, c.args...)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			if strings.ContainsAny(err.Error(), "\n\r") || strings.Contains(err.Error(), "geheim") {
				t.Errorf("not one line, or with a secret: %q", err)
			}
		})
	}
}

func TestExitCodesTellAWrongConfigurationFromAWrongFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"config", "show", "--config", "absent.toml"}, exitConfig},
		{[]string{"config", "show", "--log-level", "loud"}, exitConfig},
		{[]string{"config", "show", "--no-such-flag"}, exitUsage},
		{[]string{"version"}, 0},
	} {
		if got := run(t.Context(), c.args); got != c.want {
			t.Errorf("%q: exit code %d, want %d", c.args, got, c.want)
		}
	}
}

func TestTheSameKeyTwiceInTheEnvironmentIsRefused(t *testing.T) {
	_, err := loadText(t, "", []string{"EHRENAMT_LOG_LEVEL=info", "EHRENAMT_LOG__LEVEL=debug"})
	if err == nil || !strings.Contains(err.Error(), "means the same") {
		t.Errorf("got %v", err)
	}
}

func TestTheFileThatIsNamedMustExistTheDefaultOneNeedNot(t *testing.T) {
	t.Chdir(t.TempDir())
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	addConfigFlags(flags)
	if s, err := loadConfig(flags, nil); err != nil || s.Database.reveal() != "ehrenamt.db" {
		t.Errorf("without a file: %v, %v", s, err)
	}
	if _, err := loadConfig(flags, []string{"EHRENAMT_CONFIG=absent.toml"}); err == nil || !strings.Contains(err.Error(), "absent.toml") {
		t.Errorf("with an absent one: %v", err)
	}
	if err := os.WriteFile(defaultConfigFile, []byte(`database = "found.db"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := loadConfig(flags, nil); err != nil || s.Database.reveal() != "found.db" {
		t.Errorf("with the default one: %v, %v", s, err)
	}
}

func TestShowHidesSecretsAndNamesOrigins(t *testing.T) {
	s, err := loadText(t, everything, []string{"EHRENAMT_LISTEN=:9"}, "--log-format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.show(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "geheim") {
		t.Errorf("a secret is shown:\n%s", &out)
	}
	for _, want := range []string{
		"listen = ':9' # EHRENAMT_LISTEN", "format = 'json' # --log-format", "test.toml\n",
		"token = '(hidden)'", "old_keys = ['(hidden)', '(hidden)']", "[email.main.imap]", "zone = 'Europe/Berlin' # default",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	var back map[string]any
	if err := gotoml.Unmarshal(out.Bytes(), &back); err != nil {
		t.Errorf("not TOML: %v", err)
	}
}

func TestTheExampleFileIsAccepted(t *testing.T) {
	text, err := os.ReadFile("../../deploy/ehrenamt.toml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loadText(t, string(text), nil); err != nil {
		t.Errorf("as it is: %v", err)
	}
	var all strings.Builder // every "#key = …" and "#[table]" is an example that must work, too
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "# ") {
			line = line[1:]
		}
		all.WriteString(line)
	}
	s, err := loadText(t, all.String(), nil)
	if err != nil {
		t.Fatalf("with all examples: %v", err)
	}
	for _, key := range leafKeys(configType(), "") {
		name := key[strings.LastIndexByte(key, '.')+1:]
		if !strings.Contains(all.String(), name+" = ") {
			t.Errorf("%s is not explained", key)
		}
	}
	if len(s.Telegram) == 0 || len(s.Email) == 0 {
		t.Error("no examples of accounts")
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(everything), "EHRENAMT_TELEGRAM__A__TOKEN=1:x")
	f.Add([]byte("a.b.c = 1\n[[fronts]]"), "EHRENAMT_FRONTS____=x")
	f.Add([]byte("[fronts]\na = {name = '\\u0000'}"), "EHRENAMT_=")
	f.Fuzz(func(t *testing.T, text []byte, variable string) {
		if strings.Contains(variable, "_FILE=") {
			return // would read whatever file the fuzzer names
		}
		s, err := loadText(t, string(text), []string{variable})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %q", err)
			}
			return
		}
		var out bytes.Buffer
		if err := s.show(&out); err != nil {
			t.Fatal(err)
		}
		var back struct {
			Telegram map[string]struct{ Token string }
		}
		if err := gotoml.Unmarshal(out.Bytes(), &back); err != nil {
			t.Fatalf("not TOML: %v\n%s", err, &out)
		}
		for name, b := range back.Telegram {
			if b.Token != hidden {
				t.Errorf("token of %s shown:\n%s", name, &out)
			}
		}
	})
}
