// Package places turns names and postcodes into points and finds them in what people write. It
// carries a table of public facts: the municipalities of North Rhine-Westphalia and their larger
// districts, the bigger cities elsewhere in Germany, and the centre of every German delivery
// postcode. It opens no file and no connection: what else shall be known is handed in as a reader
// or as values.
package places
