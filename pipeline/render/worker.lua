-- Turns plans into documents, one after the other, for as long as standard input brings any: a plan costs no start of
-- pandoc. Each plan is read once, however often it is written.
--
-- In:  a line with the formats that are asked for ("typst docx"), then the Markdown.
-- Out: the document in each of them, in that order. Of what failed the answer is empty.
-- Each is preceded by its length, eight bytes, the highest first.
--
-- The working directory is the template's: `layout.lua` tells what becomes of its classes, `reference.docx` is how the
-- DOCX looks. Reading sees the plan only ({} is its whole world), and a picture, the one thing that writing would look
-- for on disk or network, leaves its words.

local format = arg[1]
local layout = dofile("layout.lua")
local no_pictures = {Image = function(image) return image.caption end}

local function send(bytes)
  io.stdout:write(string.pack(">s8", bytes))
  io.stdout:flush()
end

-- Without "smart" pandoc leaves quotation marks and dashes as they are.
local writers = {
  typst = function(doc) return pandoc.write(doc:walk(layout.typst), "typst-smart", {wrap_text = "none"}) end,
  docx = function(doc) return pandoc.write(doc:walk(layout.docx), "docx", {reference_doc = "reference.docx"}) end,
}

local function convert(asked)
  local wanted, markdown = asked:match("^([^\n]*)\n(.*)$")
  local doc = pandoc.read(markdown, format, {}, {}):walk(no_pictures):walk(layout.both)
  -- Each goes at once: the PDF is made of the Typst source while the DOCX is still being written.
  for name in wanted:gmatch("%a+") do send(writers[name](doc)) end
end

while true do
  local length = io.read(8)
  if not length then break end
  -- What went wrong may hold words of the plan, and is not told.
  if not pcall(convert, io.read((string.unpack(">I8", length)))) then send("") end
  -- A plan is kept by pandoc, not by Lua, which does not know how much that is.
  collectgarbage()
end
