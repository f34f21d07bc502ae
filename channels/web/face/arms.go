package face

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // read, and written as PNG
	"image/png"
)

// Limits of a picture: as a file, and unpacked.
const (
	MaxArms = 1 << 20 // bytes
	maxSide = 3000    // pixels
)

// What is wrong with a picture.
var (
	ErrLarge   = errors.New("the picture is larger than 1 MB")
	ErrPicture = errors.New("not a PNG, JPEG or SVG picture")
)

// The types of what Arms returns.
const (
	PNG = "image/png"
	SVG = "image/svg+xml"
)

// Arms takes a picture from outside and returns one that holds nothing but the picture. PNG and JPEG are unpacked
// and written anew, so that no metadata and nothing behind the picture survives. SVG is read element by element, and
// what is known to draw is written anew: no script, no style sheet, no reference to anything outside of it.
func Arms(data []byte) (mediaType string, clean []byte, err error) {
	if len(data) > MaxArms {
		return "", nil, ErrLarge
	}
	conf, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err == nil {
		if conf.Width <= 0 || conf.Height <= 0 || conf.Width > maxSide || conf.Height > maxSide {
			return "", nil, fmt.Errorf("%d × %d pixels; at most %d × %d are taken", conf.Width, conf.Height, maxSide, maxSide)
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", format, ErrPicture)
		}
		var out bytes.Buffer
		if err := png.Encode(&out, img); err != nil {
			return "", nil, fmt.Errorf("picture: %w", err)
		}
		if out.Len() > 4*MaxArms {
			return "", nil, ErrLarge
		}
		return PNG, out.Bytes(), nil
	}
	clean, err = drawing(data)
	return SVG, clean, err
}
