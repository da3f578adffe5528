-- What becomes of the classes in a layout: the function `izp-class` of plan.typ, the style "IZP-class" of reference.docx.
-- `both` is for both documents, before the one of each.

-- What has more bytes than this might not fit on a page, and may be broken; a table of a few rows stays in one piece.
local LONGEST_ROW, FEW_ROWS = 1500, 8

local function text_of(row)
  return pandoc.utils.stringify(row.cells:map(function(cell) return pandoc.Div(cell.contents) end))
end

local function call(class, content, open, close)
  local raw = open == "[" and pandoc.RawInline or pandoc.RawBlock
  content:insert(1, raw("typst", "#izp-" .. class .. open))
  content:insert(raw("typst", close))
  return content
end

local function is_comment(class)
  return class == "comment-start" or class == "comment-end"
end

local typst = {
  Span = function(span)
    local class, content = span.classes[1], span.content
    if class == "regel" then
      return pandoc.RawInline("typst", "#parbreak()")
    elseif is_comment(class) then
      return {}
    elseif class == "spreker" then
      -- Typst breaks a line behind a dash, whatever space follows; a word joiner keeps the name with it.
      content[1].text = content[1].text:gsub("^–", "–\u{2060}")
    end
    content = class and call(class, content, "[", "]") or content
    if span.identifier ~= "" then
      content:insert(1, pandoc.RawInline("typst", "#metadata(none)<" .. span.identifier .. ">"))
    end
    return content
  end,
  Div = function(div)
    return call(div.classes[1], div.content, "[\n", "]")
  end,
  Table = function(tbl)
    local blocks = call(tbl.classes[1], pandoc.Blocks{tbl}, "[\n", "]")
    local rows, length = tbl.bodies[1].body, #pandoc.utils.stringify(tbl)
    if length <= LONGEST_ROW then
      return #rows <= FEW_ROWS and call("bijeen", blocks, "[\n", "]") or blocks
    end
    local long = rows:find_if(function(row) return #text_of(row) > LONGEST_ROW end)
    return long and call("lange-rijen", blocks, "[\n", "]") or blocks
  end,
}

local function styled(element)
  element.attributes["custom-style"] = "IZP-" .. element.classes[1]
  return element
end

local docx = {
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

local both = {
  Table = function(tbl)
    -- A pipe table always has a header row; one without words is none.
    tbl.head.rows = tbl.head.rows:filter(function(row) return text_of(row) ~= "" end)
    local column = 0
    for width in tbl.attributes.widths:gmatch("%d+") do
      column = column + 1
      tbl.colspecs[column] = {tbl.colspecs[column][1], tonumber(width) / 100}
    end
    tbl.attributes.widths = nil
    return tbl
  end,
}

return {both = both, typst = typst, docx = docx}
