"""The evaluation sheet as a workbook, of a plan or of a publication."""
