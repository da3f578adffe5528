-- Writes a plan twice, as pandoc read it once: Typst source, a line with a NUL, then the DOCX.
-- What plan.md.j2 marked with a class gets its style: the function `izp-class` in Typst, "IZP-class" in DOCX.

local function call(class, content, open, close)
  local raw = open == "[" and pandoc.RawInline or pandoc.RawBlock
  content:insert(1, raw("typst", "#izp-" .. class .. open))
  content:insert(raw("typst", close))
  return content
end

local function is_comment(class)
  return class == "comment-start" or class == "comment-end"
end

local in_typst = {
  Span = function(span)
    local class, content = span.classes[1], span.content
    if class == "regel" then
      return pandoc.LineBreak()
    elseif is_comment(class) then
      return {}
    elseif class == "spreker" then
      -- Typst breaks a line behind a dash, whatever space follows; a word joiner keeps the name with it.
      content[1].text = content[1].text:gsub("^–", "–\u{2060}")
    end
    content = class and call(class, content, "[", "]") or content
    if span.identifier ~= "" then
      content:insert(pandoc.RawInline("typst", "#metadata(none)<" .. span.identifier .. ">"))
    end
    return content
  end,
  Div = function(div)
    return call(div.classes[1], div.content, "[\n", "]")
  end,
  Table = function(tbl)
    return call(tbl.classes[1], pandoc.Blocks{tbl}, "[\n", "]")
  end,
}

local function styled(element)
  element.attributes["custom-style"] = "IZP-" .. element.classes[1]
  return element
end

local in_docx = {
  Span = function(span)
    local class = span.classes[1]
    if class == "regel" then
      return pandoc.LineBreak()
    elseif class and not is_comment(class) then
      return styled(span)
    end
  end,
  Div = styled,
  Table = styled,
}

local function is_empty(row)
  return pandoc.utils.stringify(row.cells:map(function(cell) return pandoc.Div(cell.contents) end)) == ""
end

local function fit(tbl)
  -- A pipe table always has a header row; one without words is none.
  tbl.head.rows = tbl.head.rows:filter(function(row) return not is_empty(row) end)
  local column = 0
  for width in tbl.attributes.widths:gmatch("%d+") do
    column = column + 1
    tbl.colspecs[column] = {tbl.colspecs[column][1], tonumber(width) / 100}
  end
  tbl.attributes.widths = nil
  return tbl
end

function ByteStringWriter(doc)
  doc = doc:walk{Table = fit}
  -- Without "smart" pandoc leaves quotation marks and dashes as they are. Typst goes first, and at once:
  -- the PDF is made of it while the DOCX is still being written.
  io.stdout:write(pandoc.write(doc:walk(in_typst), "typst-smart", {wrap_text = "none"}), "\n\0\n")
  io.stdout:flush()
  return pandoc.write(doc:walk(in_docx), "docx", {reference_doc = "reference.docx"})
end
