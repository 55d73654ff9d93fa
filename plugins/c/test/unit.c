/* Tests of what the header does inside: numbers, JSON, base64, averages. Prints nothing but failures. */
#define BACKTESTER_IMPLEMENTATION
#include "../backtester.h"

static int failures;
#define CHECK(condition) \
  ((condition) ? (void)0 : (failures++, (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition)))

static const char *written(double value) {
  static bt__text text;
  text.count = 0;
  bt__put_number(&text, value);
  bt__put(&text, "", 1);
  return text.bytes;
}

static void numbers_are_short_and_read_back(void) {
  static const struct { double value; const char *text; } cases[] = {
    {0, "0"}, {103, "103"}, {-7, "-7"}, {0.1, "0.1"}, {101.2, "101.2"}, {1250300, "1250300"}, {0.30000000000000004, "0.30000000000000004"},
    {9007199254740993.0, "9.00719925474099e+15"}, {1e300, "1e+300"}, {5e-324, "4.94065645841247e-324"}, {1.0 / 3, "0.333333333333333"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CHECK(strtod(written(cases[i].value), NULL) == cases[i].value);
    if (cases[i].value != 1.0 / 3 && cases[i].value != 9007199254740993.0) CHECK(strcmp(written(cases[i].value), cases[i].text) == 0);
  }
  CHECK(strcmp(written(-0.0), "-0") == 0);
  uint64_t state = 1;
  for (int i = 0; i < 200000; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    uint64_t pattern = state ^ state >> 33;
    double value;
    memcpy(&value, &pattern, 8);
    if (isfinite(value)) CHECK(strtod(written(value), NULL) == value);
    double price = (double)(pattern % 100000000) / 10000;
    CHECK(strtod(written(price), NULL) == price && strlen(written(price)) <= 9);
  }
}

static int reads(const char *text) {
  static bt__reader r;
  char *copy = bt__copy(text);
  int ok = bt__read(&r, copy, strlen(text));
  free(copy);
  return ok;
}

static void json_is_read_strictly(void) {
  static const char *const good[] = {
    "{}", "[]", " [ 1 , -0.5e+3 ] ", "\"\"", "0", "-0", "1E5", "true", "false", "null", "{\"a\":{\"b\":[null,true]}}", "\"\\u20ac\\ud83d\\ude00\\n\"",
    "\"\xe2\x82\xac\xf0\x9f\x98\x80\""};
  static const char *const bad[] = {
    "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "+1", "1.", ".5", "1e", "-", "NaN", "Infinity", "tru", "\"", "\"\\x\"", "\"\\u12g4\"",
    "\"\\ud800\"", "\"\\udc00\"", "\"\t\"", "1 2", "[1 2]", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xe2\x82\"", "\xef\xbb\xbf{}", "{\"a\":1]", "'a'"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) CHECK(reads(good[i]) || !fprintf(stderr, "%s\n", good[i]));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(!reads(bad[i]) || !fprintf(stderr, "%s\n", bad[i]));
  char deep[200];
  for (int depth = 64; depth <= 65; depth++) {
    memset(deep, '[', (size_t)depth);
    memset(deep + depth, ']', (size_t)depth);
    deep[2 * depth] = 0;
    CHECK(reads(deep) == (depth == 64));
  }
}

static void values_are_found_by_key(void) {
  static bt__reader r;
  char text[] = "{\"x\":[1,[2,3],{\"y\":4}],\"name\":\"a\\\"\\\\\\/\\u00e9\\ud83d\\ude00\",\"price\":101.25,\"twice\":1,\"gone\":null,\"twice\":2} ";
  CHECK(bt__read(&r, text, strlen(text) - 1));
  CHECK(bt__length(&r, bt__member(&r, 0, "x")) == 3);
  CHECK(strcmp(bt__string_of(&r, 0, "name"), "a\"\\/\xc3\xa9\xf0\x9f\x98\x80") == 0);
  CHECK(bt__number_of(&r, 0, "price") == 101.25);
  CHECK(bt__number_of(&r, 0, "twice") == 2);
  CHECK(isnan(bt__number_of(&r, 0, "gone")) && isnan(bt__number_of(&r, 0, "no")) && isnan(bt__number_of(&r, 0, "name")));
  CHECK(bt__string_of(&r, 0, "price") == NULL && bt__member(&r, 0, "y") == 0);
}

static void strings_are_escaped(void) {
  bt__text text = {NULL, 0, 0};
  bt__put_string(&text, "a\"b\\c\n\x01\xc3\xa9");
  bt__put(&text, "", 1);
  CHECK(strcmp(text.bytes, "\"a\\\"b\\\\c\\u000a\\u0001\xc3\xa9\"") == 0);
  free(text.bytes);
}

static void base64_becomes_numbers(void) {
  double values[2];
  const char *prices = "mpmZmZmZWUAzMzMzM/NZQA==", *times = "AAAAAAAAAAD//////////w==";
  CHECK(bt__decode(prices, strlen(prices), 2, 0, values) && values[0] == 102.4 && values[1] == 103.8);
  CHECK(bt__decode(times, strlen(times), 2, 1, values) && values[0] == 0 && values[1] == -1);
  CHECK(!bt__decode(prices, strlen(prices), 3, 0, values));
  CHECK(!bt__decode(prices, strlen(prices), 1, 0, values));
  CHECK(!bt__decode("mpm!", 4, 1, 0, values));
}

static void averages_agree_with_pandas_in_the_last_bit(void) {
  /* pandas 3.1: Series(values).rolling(3).mean(); a plain sum gives other last bits. */
  static const double values[] = {0.1, 0.2, 0.3, 0.1, 0.2, 0.7, 1e9, 0.1, 0.2, 0.3, 0.30000000000000004};
  static const double means[] = {
    0.19999999999999998, 0.19999999999999998, 0.19999999999999998, 0.3333333333333333, 333333333.6333333, 333333333.59999996,
    333333333.43333334, 0.19999999999999998, 0.26666666666666666};
  bt_sma average = {0};
  for (int run = 0; run < 2; run++) {
    bt_sma_init(&average, 3);
    for (size_t i = 0; i < 11; i++) {
      double mean = bt_sma_update(&average, values[i]);
      CHECK(i < 2 ? isnan(mean) : mean == means[i - 2]);
    }
  }
  bt_sma_init(&average, 2);
  bt_sma_update(&average, 1);
  CHECK(isnan(bt_sma_update(&average, NAN)) && isnan(bt_sma_update(&average, 4)) && bt_sma_update(&average, 5) == 4.5);
  bt_sma_free(&average);
  bt_ema exponential;
  bt_ema_init(&exponential, 3);
  CHECK(isnan(bt_ema_update(&exponential, 1)) && isnan(bt_ema_update(&exponential, 2)));
  CHECK(bt_ema_update(&exponential, 3) == 2.25 && bt_ema_update(&exponential, 4) == 3.125);
}

static void touching_is_not_crossing(void) {
  static const struct { double first, second; int crossed; } steps[] = {
    {1, 2, 0}, {2, 2, 0}, {3, 2, 0}, {1, 2, -1}, {3, 2, 1}, {NAN, 2, 0}, {1, 2, 0}, {2.5, 2, 1}};
  bt_crossover cross;
  bt_crossover_init(&cross);
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) CHECK(bt_crossover_update(&cross, steps[i].first, steps[i].second) == steps[i].crossed);
}

int main(void) {
  numbers_are_short_and_read_back();
  json_is_read_strictly();
  values_are_found_by_key();
  strings_are_escaped();
  base64_becomes_numbers();
  averages_agree_with_pandas_in_the_last_bit();
  touching_is_not_crossing();
  return failures ? 1 : 0;
}
