-- Turns plans into documents, one after the other, for as long as standard input brings any: a plan costs no start of
-- pandoc. Each plan is read once and written twice.
--
-- In:  the Markdown.   Out: the Typst source, then the DOCX.   Of what failed the answer is empty.
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

local function convert(markdown)
  local doc = pandoc.read(markdown, format, {}, {}):walk(no_pictures):walk(layout.both)
  -- Without "smart" pandoc leaves quotation marks and dashes as they are. Typst goes first, and at once:
  -- the PDF is made of it while the DOCX is still being written.
  send(pandoc.write(doc:walk(layout.typst), "typst-smart", {wrap_text = "none"}))
  send(pandoc.write(doc:walk(layout.docx), "docx", {reference_doc = "reference.docx"}))
end

while true do
  local length = io.read(8)
  if not length then break end
  -- What went wrong may hold words of the plan, and is not told.
  if not pcall(convert, io.read((string.unpack(">I8", length)))) then send("") end
  -- A plan is kept by pandoc, not by Lua, which does not know how much that is.
  collectgarbage()
end
