module qoltanba

go 1.26
