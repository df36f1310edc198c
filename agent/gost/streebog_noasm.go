//go:build !amd64

package gost

type streebogVectors struct{}

var streebogVectorTables *streebogVectors

func streebogCompressAVX512(h, n, m *[8]uint64, t *streebogVectors) { panic("no AVX-512") }
