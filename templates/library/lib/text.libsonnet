// Texts for people: Markdown and comments. Templates join texts with +; the % operator is a hundred times slower.
local gib(bytes) = bytes / 1073741824;
local round(x) = std.floor(x + 0.5);
local number(x) =
  local tenths = round(x * 10);
  if x >= 10 || tenths % 10 == 0 then std.toString(round(x)) else std.floor(tenths / 10) + '.' + tenths % 10;
// A space for each control character. They are looked for one by one only in a text that JSON escapes something in.
local control_characters = [std.char(i) for i in std.range(0, 31)];
local one_line(value) =
  local json = std.toString([value]);
  if std.strReplace(json, '\\', '') == json then value
  else std.foldl(function(all, c) std.strReplace(all, c, ' '), control_characters, value);

{
  gib: gib,
  number: number,
  bytes(n): if n == null then 'unknown' else if n < 1073741824 then number(n / 1048576) + ' MiB' else number(gib(n)) + ' GiB',
  contains(string, part): std.strReplace(string, part, '') != string,  // std.findSubstr takes milliseconds a line
  // 5 -> '0.05'
  hundredths(n): std.floor(n / 100) + '.' + (if n % 100 < 10 then '0' else '') + n % 100,
  lines(list): std.join('\n', list) + '\n',

  // Words in capitals that stand for values: {NAME: 'x'}. For values that are safe in a command (type name).
  filled(string, values): std.foldl(function(all, word) std.strReplace(all, word, values[word]), std.objectFields(values), string),

  // A value from outside inside a sentence of Markdown: no line break, no backtick, so that it stays one code span.
  code(value):
    local plain = std.strReplace(one_line(value), '`', ' ');
    if plain == '' then '` `' else '`' + plain + '`',

  // Prose from an advice document: one line, no HTML, no links, no new columns of a table.
  prose(value): std.foldl(function(all, c) std.strReplace(all, c, '\\' + c), ['[', '|', '`'], std.strReplace(one_line(value), '<', '&lt;')),
}
