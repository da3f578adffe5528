REM Follows the steps of a file, as libreoffice.py writes them. The document that is open is oDoc.
Option Explicit

Const FOLDER = "«folder»"
Dim oDoc As Object
Dim sStep As String

Sub Main
  Dim nIn As Integer, sLine As String
  On Error GoTo Failed
  REM Between two steps the program would draw the comments, which it cannot without its windows.
  EnableReschedule(False)
  nIn = FreeFile
  Open FOLDER & "/steps.txt" For Input As #nIn
  Do While Not EOF(nIn)
    Line Input #nIn, sLine
    If sLine <> "" Then
      sStep = sLine
      Take(Split(sLine, Chr(9)))
    End If
  Loop
  Close #nIn
  Tell("done")
  Exit Sub
Failed:
  Tell(Error$ & " (line " & Erl & ") at: " & sStep)
End Sub

Sub Tell(sText As String)
  Dim nOut As Integer
  nOut = FreeFile
  Open FOLDER & "/done.txt" For Output As #nOut
  Print #nOut, sText
  Close #nOut
End Sub

Sub Take(a)
  Select Case a(0)
    Case "open"
      OpenIt(ConvertToURL(Decode(a(1))))
    Case "save"
      SaveIt(ConvertToURL(Decode(a(1))), Decode(a(2)))
    Case "close"
      oDoc.close(True)
    Case "track"
      oDoc.RecordChanges = (a(1) = "on")
    Case "replace"
      SetText(Found(Decode(a(1))), Decode(a(2)))
    Case "delete"
      SetText(Found(Decode(a(1))), "")
    Case "before"
      InsertAt(Found(Decode(a(1))).Start, Decode(a(2)))
    Case "after"
      InsertAt(Found(Decode(a(1))).End, Decode(a(2)))
    Case "paragraph"
      Paragraph(Found(Decode(a(1))).End, Decode(a(2)))
    Case "comment"
      Comment(Found(Decode(a(1))), Decode(a(2)))
    Case "row"
      AddRow(Found(Decode(a(1))), Decode(a(2)))
    Case "remove"
      RemoveRow(Found(Decode(a(1))))
    Case "format"
      Found(Decode(a(1))).CharWeight = 150
    Case "resolve"
      Note(Decode(a(1))).Resolved = True
    Case "uncomment"
      Uncomment(Decode(a(1)))
    Case Else
      Error 5
  End Select
End Sub

Sub OpenIt(sUrl As String)
  Dim aHow(0) As New com.sun.star.beans.PropertyValue
  aHow(0).Name = "Hidden"
  aHow(0).Value = True
  oDoc = StarDesktop.loadComponentFromURL(sUrl, "_blank", 0, aHow())
End Sub

Sub SaveIt(sUrl As String, sFilter As String)
  Dim aHow(0) As New com.sun.star.beans.PropertyValue
  aHow(0).Name = "FilterName"
  aHow(0).Value = sFilter
  oDoc.storeToURL(sUrl, aHow())
End Sub

Function Decode(sText As String) As String
  Dim nAt As Long, sOut As String
  nAt = InStr(sText, "\u")
  Do While nAt > 0
    sOut = sOut & Left(sText, nAt - 1) & Chr(CLng("&H" & Mid(sText, nAt + 2, 4)))
    sText = Mid(sText, nAt + 6)
    nAt = InStr(sText, "\u")
  Loop
  Decode = sOut & sText
End Function

REM A place, as edits.py writes them.
Function Found(sWhat As String) As Object
  Dim oSearch As Object, oPlace As Object, sName As String, sWords As String, nAt As Long, sSide As String
  If Left(sWhat, 1) = "#" Or Left(sWhat, 1) = "@" Then
    sName = Mid(sWhat, 2)
    nAt = InStr(sName, "/")
    If nAt > 0 Then
      sWords = Mid(sName, nAt + 1)
      sName = Left(sName, nAt - 1)
    End If
    sSide = Right(sName, 1)
    If sSide = "<" Or sSide = ">" Then sName = Left(sName, Len(sName) - 1)
    oPlace = Cursor(oDoc.Bookmarks.getByName(sName).Anchor)
    If Left(sWhat, 1) = "@" And sWords <> "" Then
      Found = InRow(oPlace, sWords)
      Exit Function
    End If
    If sSide = ">" Then
      oPlace.collapseToEnd()
      oPlace.goRight(1, False)
    ElseIf sSide = "<" Then
      oPlace.collapseToStart()
      oPlace.goLeft(1, False)
    ElseIf sWords <> "" Then
      Found = Within(oPlace, sWords)
      Exit Function
    End If
    Found = oPlace
    Exit Function
  End If
  oSearch = oDoc.createSearchDescriptor()
  oSearch.SearchString = sWhat
  oSearch.SearchCaseSensitive = True
  oPlace = oDoc.findFirst(oSearch)
  Do While InContents(oPlace)
    oPlace = oDoc.findNext(oPlace.End, oSearch)
  Loop
  Found = oPlace
End Function

Function InContents(oPlace) As Boolean
  InContents = False
  If oPlace.supportsService("com.sun.star.style.ParagraphProperties") Then
    InContents = (Left(oPlace.ParaStyleName, 8) = "Contents")
  End If
End Function

REM The first place of some words in a range.
Function Within(oRange, sWords As String) As Object
  Dim oCursor As Object, nAt As Long
  nAt = InStr(1, oRange.String, sWords, 0)
  If nAt = 0 Then Error 5
  REM The edges of content controls count as letters and are none in the string.
  Do
    oCursor = oRange.Text.createTextCursorByRange(oRange.Start)
    oCursor.goRight(nAt - 1, False)
    oCursor.goRight(Len(sWords), True)
    nAt = nAt + 1
  Loop Until oCursor.String = sWords Or nAt > 5000
  Within = oCursor
End Function

REM The first place of some words in the row of a range.
Function InRow(oRange, sWords As String) As Object
  Dim oTable As Object, oCell As Object, oAll As Object, i As Integer
  oTable = oRange.TextTable
  For i = 0 To oTable.Columns.Count - 1
    oCell = oTable.getCellByPosition(i, RowOf(oRange))
    If InStr(1, oCell.String, sWords, 0) > 0 Then
      oAll = oCell.Text.createTextCursor()
      oAll.gotoStart(False)
      oAll.gotoEnd(True)
      InRow = Within(oAll, sWords)
      Exit Function
    End If
  Next i
  Error 5
End Function

REM A cursor of its own: LibreOffice tracks what is done through one.
Function Cursor(oRange) As Object
  Dim oCursor As Object
  oCursor = oRange.Text.createTextCursorByRange(oRange.Start)
  oCursor.gotoRange(oRange.End, True)
  Cursor = oCursor
End Function

Sub SetText(oRange, sText As String)
  Dim oCursor As Object
  oCursor = Cursor(oRange)
  oCursor.setString(sText)
End Sub

Sub InsertAt(oRange, sText As String)
  oRange.Text.insertString(oRange, sText, False)
End Sub

Sub Paragraph(oRange, sText As String)
  Dim oCursor As Object
  oCursor = oRange.Text.createTextCursorByRange(oRange)
  oCursor.gotoEndOfParagraph(False)
  oCursor.Text.insertControlCharacter(oCursor, com.sun.star.text.ControlCharacter.PARAGRAPH_BREAK, False)
  oCursor.Text.insertString(oCursor, sText, False)
End Sub

Sub Comment(oRange, sText As String)
  Dim oNote As Object
  oNote = oDoc.createInstance("com.sun.star.text.textfield.Annotation")
  oNote.Author = "Lies de Wit"
  oNote.Content = sText
  oRange.Text.insertTextContent(Cursor(oRange), oNote, True)
End Sub

Function RowOf(oRange) As Long
  Dim sName As String, i As Integer
  sName = oRange.Cell.CellName
  i = 1
  Do While Not IsNumeric(Mid(sName, i, 1))
    i = i + 1
  Loop
  RowOf = CLng(Mid(sName, i)) - 1
End Function

Sub RemoveRow(oRange)
  oRange.TextTable.Rows.removeByIndex(RowOf(oRange), 1)
End Sub

Sub AddRow(oRange, sCells As String)
  Dim oTable As Object, oCell As Object, aCells, i As Integer, nRow As Long, sPart As String
  oTable = oRange.TextTable
  nRow = RowOf(oRange) + 1
  oTable.Rows.insertByIndex(nRow, 1)
  aCells = Split(sCells, "|")
  For i = 0 To UBound(aCells)
    sPart = aCells(i)
    oCell = oTable.getCellByPosition(i, nRow)
    oCell.Text.insertString(oCell.Text.createTextCursor(), sPart, False)
  Next i
End Sub

REM The comment that begins with some words.
Function Note(sWords As String) As Object
  Dim oFields As Object, oField As Object
  oFields = oDoc.TextFields.createEnumeration()
  Do While oFields.hasMoreElements()
    oField = oFields.nextElement()
    If oField.supportsService("com.sun.star.text.textfield.Annotation") Then
      If Left(oField.Content, Len(sWords)) = sWords Then
        Note = oField
        Exit Function
      End If
    End If
  Loop
  Error 5
End Function

Sub Uncomment(sWords As String)
  Dim oNote As Object
  oNote = Note(sWords)
  oNote.Anchor.Text.removeTextContent(oNote)
End Sub
