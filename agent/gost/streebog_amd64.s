#include "textflag.h"

// The registers: Z0 the state, Z1 the key, Z2 the block, Z3 the chaining value, all
// transposed; Z4 to Z7 the substitution, Z8 to Z15 the orders of bytes, Z16 to Z23 the
// matrices.

// PRODUCT sets z to the matrix m times the bytes of x in the order i.
#define PRODUCT(i, m, x, z) \
	VPERMB x, i, z; \
	VGF2P8AFFINEQB $0, m, z, z

// LPS sets x to L(P(S(x))), with four registers and a mask of its own.
#define LPS(x, a, b, c, d, k) \
	VPMOVB2M x, k; \
	VMOVDQA64 x, a; \
	VPERMI2B Z5, Z4, a; \
	VPERMI2B Z7, Z6, x; \
	VPBLENDMB x, a, k, x; \
	PRODUCT(Z8, Z16, x, a); \
	PRODUCT(Z9, Z17, x, b); \
	PRODUCT(Z10, Z18, x, c); \
	VPTERNLOGQ $0x96, c, b, a; \
	PRODUCT(Z11, Z19, x, d); \
	PRODUCT(Z12, Z20, x, b); \
	PRODUCT(Z13, Z21, x, c); \
	VPTERNLOGQ $0x96, c, b, d; \
	PRODUCT(Z14, Z22, x, b); \
	PRODUCT(Z15, Z23, x, c); \
	VPTERNLOGQ $0x96, c, b, a; \
	VPXORQ d, a, x

#define ROUND(i) \
	VPXORQ Z1, Z0, Z0; \
	VPXORQ (1280+64*i)(AX), Z1, Z1; \
	LPS(Z0, Z24, Z25, Z26, Z27, K1); \
	LPS(Z1, Z28, Z29, Z30, Z31, K2)

// func streebogCompressAVX512(h, n, m *[8]uint64, t *streebogVectors)
TEXT ·streebogCompressAVX512(SB), NOSPLIT, $0-32
	MOVQ h+0(FP), DI
	MOVQ n+8(FP), SI
	MOVQ m+16(FP), DX
	MOVQ t+24(FP), AX

	VMOVDQU64 0(AX), Z4
	VMOVDQU64 64(AX), Z5
	VMOVDQU64 128(AX), Z6
	VMOVDQU64 192(AX), Z7
	VMOVDQU64 256(AX), Z8
	VMOVDQU64 320(AX), Z9
	VMOVDQU64 384(AX), Z10
	VMOVDQU64 448(AX), Z11
	VMOVDQU64 512(AX), Z12
	VMOVDQU64 576(AX), Z13
	VMOVDQU64 640(AX), Z14
	VMOVDQU64 704(AX), Z15
	VMOVDQU64 768(AX), Z16
	VMOVDQU64 832(AX), Z17
	VMOVDQU64 896(AX), Z18
	VMOVDQU64 960(AX), Z19
	VMOVDQU64 1024(AX), Z20
	VMOVDQU64 1088(AX), Z21
	VMOVDQU64 1152(AX), Z22
	VMOVDQU64 1216(AX), Z23

	// The order 0 is the transposition.
	VPERMB (DI), Z8, Z3
	VPERMB (DX), Z8, Z2
	VPERMB (SI), Z8, Z1
	VPXORQ Z3, Z1, Z1
	LPS(Z1, Z28, Z29, Z30, Z31, K2)
	VMOVDQA64 Z2, Z0

	ROUND(0)
	ROUND(1)
	ROUND(2)
	ROUND(3)
	ROUND(4)
	ROUND(5)
	ROUND(6)
	ROUND(7)
	ROUND(8)
	ROUND(9)
	ROUND(10)
	ROUND(11)

	VPXORQ Z1, Z0, Z0
	VPTERNLOGQ $0x96, Z3, Z2, Z0
	VPERMB Z0, Z8, Z0
	VMOVDQU64 Z0, (DI)
	VZEROUPPER
	RET
