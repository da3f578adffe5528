-- Gives what plan.md.j2 marked with a class its style: "IZP-class" in DOCX, the function `izp-class` in Typst.

local typst = FORMAT == "typst"

local function call(class, content, open, close)
  local raw = function(text)
    return (open == "[" and pandoc.RawInline or pandoc.RawBlock)("typst", text)
  end
  content:insert(1, raw("#izp-" .. class .. open))
  content:insert(raw(close))
  return content
end

function Span(span)
  local class = span.classes[1]
  if class == "regel" then
    return pandoc.LineBreak()
  elseif class == "comment-start" or class == "comment-end" then
    return typst and {} or nil
  elseif typst then
    local content = class and call(class, span.content, "[", "]") or span.content
    if span.identifier ~= "" then
      content:insert(pandoc.RawInline("typst", "#metadata(none)<" .. span.identifier .. ">"))
    end
    return content
  elseif class then
    span.attributes["custom-style"] = "IZP-" .. class
    return span
  end
end

function Div(div)
  local class = div.classes[1]
  if typst then
    return call(class, div.content, "[\n", "]")
  end
  div.attributes["custom-style"] = "IZP-" .. class
  return div
end

local function is_empty(row)
  return pandoc.utils.stringify(row.cells:map(function(cell) return pandoc.Div(cell.contents) end)) == ""
end

function Table(tbl)
  -- A pipe table always has a header row; one without words is none.
  tbl.head.rows = tbl.head.rows:filter(function(row) return not is_empty(row) end)
  local column = 0
  for width in tbl.attributes.widths:gmatch("%d+") do
    column = column + 1
    tbl.colspecs[column] = {tbl.colspecs[column][1], tonumber(width) / 100}
  end
  tbl.attributes.widths = nil
  if typst then
    return call(tbl.classes[1], pandoc.Blocks{tbl}, "[\n", "]")
  end
  tbl.attributes["custom-style"] = "IZP-" .. tbl.classes[1]
  return tbl
end
